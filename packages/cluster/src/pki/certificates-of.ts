import type { ClusterSpec, HostSpec } from '../spec/cluster-spec.ts'
import {
  certificateName,
  type CertificateRequest,
  type CertifiedDaemon,
  operatorCertificate,
} from './cluster-pki.ts'

/** Every certificate that the cluster needs, in the order of its hosts. Each daemon has its own key. */
export function certificatesOf(spec: ClusterSpec): readonly CertificateRequest[] {
  const { vip } = spec.network
  return [
    ...spec.hosts.flatMap((host) => {
      const has = (role: HostSpec['roles'][number]) => host.roles.includes(role)
      return [
        // Members are clients of each other.
        ...(has('etcd') ? [request(host, 'etcd', ['server', 'client'])] : []),
        ...(has('postgresql')
          ? [
              // Its REST API; and what it shows to etcd.
              request(host, 'patroni', ['server', 'client']),
              // HAProxy passes TLS through: clients that verify the name see this one at the virtual IP.
              request(host, 'postgresql', ['server'], [vip]),
            ]
          : []),
        // Its stats page; and what its health checks show to Patroni.
        ...(has('haproxy') ? [request(host, 'haproxy', ['server', 'client'], [vip])] : []),
        // pgBackRest's tls-server-auth knows a client by its common name: the host's.
        ...(has('postgresql') || has('backup') ? [request(host, 'pgbackrest', ['server', 'client'])] : []),
      ]
    }),
    {
      name: operatorCertificate,
      commonName: operatorCertificate,
      dnsNames: [operatorCertificate],
      addresses: [],
      usages: ['client'],
    },
  ]
}

const request = (
  host: HostSpec,
  daemon: CertifiedDaemon,
  usages: CertificateRequest['usages'],
  more: readonly string[] = [],
): CertificateRequest => ({
  name: certificateName(host.name, daemon),
  commonName: host.name,
  dnsNames: [host.name, 'localhost'],
  addresses: [host.address, '127.0.0.1', ...more],
  usages,
})
