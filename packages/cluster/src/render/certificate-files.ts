import { paths } from '../layout.ts'
import { type CertifiedDaemon, certificateName } from '../pki/cluster-pki.ts'
import type { HostSpec } from '../spec/cluster-spec.ts'
import type { ChangeEffect, RenderedFile, RenderInput } from './rendered-file.ts'

/** Where a daemon finds its certificate on its host. */
export interface CertificatePaths {
  readonly authority: string
  readonly certificate: string
  readonly privateKey: string
}

export const certificatePaths = (daemon: CertifiedDaemon): CertificatePaths => ({
  authority: `${paths.tls}/${daemon}/ca.crt`,
  certificate: `${paths.tls}/${daemon}/tls.crt`,
  privateKey: `${paths.tls}/${daemon}/tls.key`,
})

/**
 * A daemon's certificate, its key and the cluster's authority, as three files that only the daemon's user may write.
 *
 * @param owner user and primary group of the daemon
 * @throws ClusterError missing_file when the certificate was not issued
 */
export function renderCertificateFiles(
  input: RenderInput,
  host: HostSpec,
  daemon: CertifiedDaemon,
  owner: string,
  onChange: ChangeEffect,
): readonly RenderedFile[] {
  const at = certificatePaths(daemon)
  const issued = input.pki.certificate(certificateName(host.name, daemon))
  const open = { mode: '0644', owner, group: owner, secret: false, onChange } as const
  return [
    { ...open, path: at.authority, content: input.pki.authorityPem },
    { ...open, path: at.certificate, content: issued.certificatePem },
    { ...open, path: at.privateKey, content: issued.privateKeyPem, mode: '0600', secret: true },
  ]
}
