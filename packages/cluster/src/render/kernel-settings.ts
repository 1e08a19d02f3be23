import { type HostSpec } from '../spec/cluster-spec.ts'
import { fileHeader } from './file-header.ts'
import type { RenderDaemon } from './rendered-file.ts'

interface KernelSetting {
  readonly name: string
  readonly value: string
}

/** sysctl.d(5): what a role wants of the kernel. Not huge pages: PostgreSQL tries them and works without. */
export const renderKernelSettings: RenderDaemon = (_, host) => [
  {
    path: '/etc/sysctl.d/90-fleet-cluster.conf',
    content: `${[fileHeader, ...settingsOf(host).map(({ name, value }) => `${name} = ${value}`)].join('\n')}\n`,
    mode: '0644',
    owner: 'root',
    group: 'root',
    secret: false,
    onChange: { do: 'restart', unit: 'systemd-sysctl' },
  },
]

function settingsOf(host: HostSpec): readonly KernelSetting[] {
  return [
    // For programs that ask for probes but name no times: 45 s to a dead peer, not two hours.
    { name: 'net.ipv4.tcp_keepalive_time', value: '30' },
    { name: 'net.ipv4.tcp_keepalive_intvl', value: '5' },
    { name: 'net.ipv4.tcp_keepalive_probes', value: '3' },
    ...(host.roles.includes('postgresql') || host.roles.includes('etcd')
      ? [
          { name: 'vm.swappiness', value: '1' },
          // Flushed early and in small pieces: a checkpoint's gigabytes at once stall etcd's fsync, and that is an
          // election.
          { name: 'vm.dirty_background_bytes', value: String(64 * 1024 ** 2) },
          { name: 'vm.dirty_bytes', value: String(256 * 1024 ** 2) },
        ]
      : []),
    ...(host.roles.includes('postgresql')
      ? [
          // A query that asks for too much fails by itself; otherwise the kernel kills some process, and PostgreSQL
          // restarts (PostgreSQL 17 manual, 18.4.4).
          { name: 'vm.overcommit_memory', value: '2' },
          { name: 'vm.overcommit_ratio', value: '90' },
        ]
      : []),
    ...(host.roles.includes('haproxy')
      ? [
          // One port for each connection to a database; ours are all below.
          { name: 'net.ipv4.ip_local_port_range', value: '10240 65535' },
        ]
      : []),
  ]
}
