import { X509Certificate } from 'node:crypto'
import { open } from 'node:fs/promises'
import { ClusterError } from '../cluster-error.ts'
import type { ClusterHome } from '../home.ts'
import { createFileOnce, replaceFile } from '../secrets/private-file.ts'
import type { ClusterSpec } from '../spec/cluster-spec.ts'
import { certificateState, type CertificateState, pairOf } from './certificate-state.ts'
import { certificatesOf } from './certificates-of.ts'
import type { ClusterPki, IssuedCertificate } from './cluster-pki.ts'
import { createKeyPem, issueAuthority, issueCertificate, leafDays } from './issue-certificate.ts'
import { authorityFiles, certificateFiles } from './pki-files.ts'

export interface EnsuredPki extends ClusterPki {
  /** Names of the certificates that were issued just now; hosts get them at the next deploy. */
  readonly issued: readonly string[]
}

export interface ListedCertificate {
  readonly name: string
  readonly state: CertificateState
  /** Null when there is none. */
  readonly validUntilMs: number | null
}

const publicMode = 0o644
/** What is issued must not outlive its issuer, and twice that leaves a year in which nobody deploys. */
const renewAuthorityBeforeMs = 2 * leafDays * 86_400_000

/**
 * What was issued for the hosts of the spec.
 *
 * @throws ClusterError missing_file when there is no authority; unsafe_file when others may read a private key
 */
export async function readPki(home: ClusterHome, spec: ClusterSpec): Promise<ClusterPki> {
  const authorityPem = await readText(authorityFiles(home).certificate)
  if (authorityPem === null)
    throw new ClusterError(
      'missing_file',
      `There are no certificates: ${authorityFiles(home).certificate}.`,
      {
        fix: 'fleet cluster deploy makes them for a new cluster. For one that runs already, bring the folder back from your copy.',
      },
    )
  const issued = new Map<string, IssuedCertificate>()
  for (const { name } of certificatesOf(spec)) {
    const pair = await readPair(home, name)
    if (pair) issued.set(name, { certificatePem: pair.certificatePem, privateKeyPem: pair.privateKeyPem })
  }
  return {
    authorityPem,
    certificate(name) {
      const found = issued.get(name)
      if (found) return found
      const { certificate, privateKey } = certificateFiles(home, name)
      throw new ClusterError(
        'missing_file',
        `The certificate ${name} was not issued: ${certificate} and ${privateKey} are not both there, or do not belong together.`,
        { fix: 'fleet cluster certs renew issues what is missing.' },
      )
    },
  }
}

/**
 * Makes the authority when there is none, and issues every certificate that is missing, soon to expire, or for other
 * names than the spec's. Changes nothing otherwise. May die at any line and be called again.
 *
 * @param renew names of certificates to issue again although they are good
 * @throws ClusterError missing_file when something must be issued and the authority's key is elsewhere; unsafe_file
 */
export async function ensurePki(
  home: ClusterHome,
  spec: ClusterSpec,
  nowMs: number,
  { renew = [] }: { renew?: readonly string[] } = {},
): Promise<EnsuredPki> {
  const authority = await ensureAuthority(home, spec, nowMs)
  const authorityX509 = new X509Certificate(authority.certificatePem)
  const issued: string[] = []
  for (const request of certificatesOf(spec)) {
    const state = certificateState(await readPair(home, request.name), request, authorityX509, nowMs)
    if (state === 'valid' && !renew.includes(request.name)) continue
    const { privateKeyPem: authorityKey } = authority
    if (authorityKey === null)
      throw new ClusterError(
        'missing_file',
        `The certificate ${request.name} must be issued, and the authority's key is not here: ${authorityFiles(home).privateKey}.`,
        { fix: 'Bring the key back from where you keep it and run the command again.' },
      )
    const fresh = await issueCertificate(
      request,
      { certificatePem: authority.certificatePem, privateKeyPem: authorityKey },
      nowMs,
    )
    const files = certificateFiles(home, request.name)
    // Dead before this line: nothing has changed.
    await replaceFile(files.privateKey, fresh.privateKeyPem)
    // Dead here: the new key lies beside the old certificate, or beside none. readPair looks whether the two belong
    // together, finds that they do not, and the next call issues both again. The hosts still have their old pair.
    await replaceFile(files.certificate, fresh.certificatePem, publicMode)
    // Dead here: it is issued, and the next call finds it good.
    issued.push(request.name)
  }
  return { ...(await readPki(home, spec)), issued }
}

/** Every certificate of the spec and its state; the authority first, as `ca`. */
export async function listCertificates(
  home: ClusterHome,
  spec: ClusterSpec,
  nowMs: number,
): Promise<readonly ListedCertificate[]> {
  const { authorityPem } = await readPki(home, spec)
  const authority = new X509Certificate(authorityPem)
  const authorityEndMs = authority.validToDate.getTime()
  const list: ListedCertificate[] = [
    {
      name: 'ca',
      state:
        authorityEndMs <= nowMs ? 'expired' : isAuthorityExpiring(authority, nowMs) ? 'expiring' : 'valid',
      validUntilMs: authorityEndMs,
    },
  ]
  for (const request of certificatesOf(spec)) {
    const pair = await readPair(home, request.name)
    list.push({
      name: request.name,
      state: certificateState(pair, request, authority, nowMs),
      validUntilMs: pair ? pair.x509.validToDate.getTime() : null,
    })
  }
  return list
}

const isAuthorityExpiring = (x509: X509Certificate, nowMs: number): boolean =>
  x509.validToDate.getTime() - nowMs <= renewAuthorityBeforeMs

/** Its key is null when it is kept elsewhere, which is well as long as nothing is to be issued. */
async function ensureAuthority(
  home: ClusterHome,
  spec: ClusterSpec,
  nowMs: number,
): Promise<{ readonly certificatePem: string; readonly privateKeyPem: string | null }> {
  const files = authorityFiles(home)
  const certificatePem = await readText(files.certificate)
  let privateKeyPem = await readPrivateKey(files.privateKey)
  if (certificatePem !== null && privateKeyPem === null) return { certificatePem, privateKeyPem }
  if (privateKeyPem === null) {
    // Of two programs that start at once, both go on with the key that was there first.
    await createFileOnce(files.privateKey, await createKeyPem())
    privateKeyPem = (await readPrivateKey(files.privateKey))!
  }
  // Dead here: a key without its certificate, which the same key signs again below. What it issued stays valid.
  const pair = pairOf(certificatePem, privateKeyPem)
  if (certificatePem !== null && !pair)
    throw new ClusterError(
      'missing_file',
      `${files.privateKey} is not the key of ${files.certificate}: what it signs would be refused by the hosts.`,
      { fix: 'Bring both files back from the same copy.' },
    )
  if (pair && !isAuthorityExpiring(pair.x509, nowMs)) return pair
  const name = pair ? pair.x509.subject.replace(/^CN=/, '') : `${spec.name} authority`
  const signed = await issueAuthority(name, privateKeyPem, nowMs)
  await replaceFile(files.certificate, signed, publicMode)
  return { certificatePem: signed, privateKeyPem }
}

async function readPair(home: ClusterHome, name: string) {
  const files = certificateFiles(home, name)
  return pairOf(await readText(files.certificate), await readPrivateKey(files.privateKey))
}

async function readPrivateKey(path: string): Promise<string | null> {
  return await readText(path, (mode) => {
    if ((mode & 0o077) !== 0)
      throw new ClusterError(
        'unsafe_file',
        `The private key ${path} has mode 0${mode.toString(8)}: others than its owner may read or change it.`,
        { fix: `chmod 600 ${path}. If somebody may have read it meanwhile: fleet cluster certs renew.` },
      )
  })
}

/** Null when there is no such file. */
async function readText(path: string, checkMode?: (mode: number) => void): Promise<string | null> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (!file) return null
  try {
    checkMode?.((await file.stat()).mode & 0o777)
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}
