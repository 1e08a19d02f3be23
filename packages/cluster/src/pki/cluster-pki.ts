/** One certificate that the cluster needs; what is issued is derived from the spec alone. */
export interface CertificateRequest {
  /** `pg-node-1/postgresql`, `operator`: the name of its two files below `pki/`. */
  readonly name: string
  readonly commonName: string
  readonly dnsNames: readonly string[]
  readonly addresses: readonly string[]
  readonly usages: readonly ('server' | 'client')[]
}

export interface IssuedCertificate {
  readonly certificatePem: string
  readonly privateKeyPem: string
}

/** The cluster's own authority and what it issued. The authority's key stays on the operator's machine. */
export interface ClusterPki {
  readonly authorityPem: string
  /** By the name of its request. @throws ClusterError missing_file when it was not issued */
  certificate(name: string): IssuedCertificate
}

/** Daemons that have a certificate of their own on a host. */
const certifiedDaemons = ['etcd', 'patroni', 'postgresql', 'haproxy', 'pgbackrest'] as const
export type CertifiedDaemon = (typeof certifiedDaemons)[number]

export const certificateName = (hostName: string, daemon: CertifiedDaemon): string => `${hostName}/${daemon}`
/** What the operator's machine shows to etcd. */
export const operatorCertificate = 'operator'
