import { certificatesOf } from '../src/pki/certificates-of.ts'
import type { ClusterPki, IssuedCertificate } from '../src/pki/cluster-pki.ts'
import { createKeyPem, issueAuthority, issueCertificate } from '../src/pki/issue-certificate.ts'
import type { RenderInput } from '../src/render/rendered-file.ts'
import type { ClusterSecrets } from '../src/secrets/cluster-secrets.ts'
import type { ClusterSpec } from '../src/spec/cluster-spec.ts'

/** Each names itself, so that a file shows which one it holds. */
export const sampleSecrets: ClusterSecrets = {
  superuser: 'superuser-password',
  replication: 'replication-password',
  rewind: 'rewind-password',
  app: 'app-password',
  monitor: 'monitor-password',
  patroniApi: 'patroni-api-password',
  haproxyStats: 'haproxy-stats-password',
  backupCipher: 'backup-cipher-password',
  s3: { key: 's3-key', keySecret: 's3-key-secret' },
}

/** Always the same input, with words where certificates go: for golden files and whatever only looks at text. */
export const sampleInput = (spec: ClusterSpec): RenderInput => ({
  spec,
  secrets: sampleSecrets,
  pki: {
    authorityPem: 'the authority\n',
    certificate: (name) => ({ certificatePem: `certificate ${name}\n`, privateKeyPem: `key of ${name}\n` }),
  },
})

/** With certificates that daemons take, fresh at every call. */
export async function issuedInput(spec: ClusterSpec, nowMs = Date.now()): Promise<RenderInput> {
  return { spec, secrets: sampleSecrets, pki: await issuePki(spec, nowMs) }
}

async function issuePki(spec: ClusterSpec, nowMs: number): Promise<ClusterPki> {
  const privateKeyPem = await createKeyPem()
  const authority = { privateKeyPem, certificatePem: await issueAuthority(spec.name, privateKeyPem, nowMs) }
  const issued = new Map<string, IssuedCertificate>()
  for (const request of certificatesOf(spec))
    issued.set(request.name, await issueCertificate(request, authority, nowMs))
  return {
    authorityPem: authority.certificatePem,
    certificate(name) {
      const found = issued.get(name)
      if (!found) throw new Error(`Nobody asked for a certificate ${name}.`)
      return found
    },
  }
}
