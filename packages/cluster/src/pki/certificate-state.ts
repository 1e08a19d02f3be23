import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { CertificateRequest, IssuedCertificate } from './cluster-pki.ts'
import { extendedKeyUsages } from './issue-certificate.ts'

/**
 * `valid`; or why another one is to be issued: `missing`, or only one of its two files is there, or they do not belong
 * together; `foreign`, signed by another authority; `outdated`, for other names, addresses or uses than the spec's;
 * `expiring` within 30 days; `expired`.
 */
export type CertificateState = 'valid' | 'missing' | 'foreign' | 'outdated' | 'expiring' | 'expired'

/** Deploy issues new ones from then on; with a deploy a month nobody has to think of it. */
const renewBeforeMs = 30 * 86_400_000

/**
 * Null when the two texts are no certificate and its own key. A certificate without its key serves nobody: it is what a
 * program leaves that died between the two files.
 */
export function pairOf(
  certificatePem: string | null,
  privateKeyPem: string | null,
): (IssuedCertificate & { readonly x509: X509Certificate }) | null {
  if (certificatePem === null || privateKeyPem === null) return null
  try {
    const x509 = new X509Certificate(certificatePem)
    return x509.checkPrivateKey(createPrivateKey(privateKeyPem))
      ? { certificatePem, privateKeyPem, x509 }
      : null
  } catch {
    // Not PEM: cut short, or written over.
    return null
  }
}

export function certificateState(
  pair: { readonly x509: X509Certificate } | null,
  request: CertificateRequest,
  authority: X509Certificate,
  nowMs: number,
): CertificateState {
  if (!pair) return 'missing'
  const { x509 } = pair
  if (!(x509.checkIssued(authority) && x509.verify(authority.publicKey))) return 'foreign'
  if (!answers(x509, request)) return 'outdated'
  const leftMs = x509.validToDate.getTime() - nowMs
  if (leftMs <= 0) return 'expired'
  return leftMs <= renewBeforeMs ? 'expiring' : 'valid'
}

function answers(x509: X509Certificate, request: CertificateRequest): boolean {
  const names = [
    ...request.dnsNames.map((name) => `DNS:${name}`),
    ...request.addresses.map((address) => `IP Address:${address}`),
  ]
  const usages = request.usages.map((usage) => extendedKeyUsages[usage])
  return (
    x509.subject === `CN=${request.commonName}` &&
    isSameSet(x509.subjectAltName?.split(', ') ?? [], names) &&
    isSameSet(x509.keyUsage ?? [], usages)
  )
}

const isSameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && b.every((each) => a.includes(each))
