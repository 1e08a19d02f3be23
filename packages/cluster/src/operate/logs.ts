import { ClusterError } from '../cluster-error.ts'
import type { HostShell } from '../hosts/host-shell.ts'
import { type ClusterSpec, type HostRole, hostRoles, type HostSpec } from '../spec/cluster-spec.ts'

/** Services as operators call them. */
export const loggedServices = [
  'postgresql',
  'patroni',
  'etcd',
  'haproxy',
  'keepalived',
  'pgbackrest',
  'backups',
  'chrony',
  'nftables',
] as const
export type LoggedService = (typeof loggedServices)[number]

/** Where each writes, as matches of journalctl, and on which hosts it runs. */
const services: Readonly<
  Record<LoggedService, { readonly roles: readonly HostRole[]; readonly matches: readonly string[] }>
> = {
  // Patroni starts PostgreSQL, so both write to the journal of its unit, each under the name of its program.
  postgresql: { roles: ['postgresql'], matches: ['_SYSTEMD_UNIT=patroni.service', '_COMM=postgres'] },
  patroni: {
    roles: ['postgresql'],
    // The second half is what systemd says of the unit: started, killed, restarted.
    matches: ['_SYSTEMD_UNIT=patroni.service', '_COMM=patroni', '+', '_PID=1', 'UNIT=patroni.service'],
  },
  etcd: { roles: ['etcd'], matches: ['--unit=etcd.service'] },
  haproxy: { roles: ['haproxy'], matches: ['--unit=haproxy.service'] },
  keepalived: { roles: ['haproxy'], matches: ['--unit=keepalived.service'] },
  pgbackrest: { roles: ['postgresql', 'backup'], matches: ['--unit=pgbackrest.service'] },
  backups: { roles: ['backup'], matches: ['--unit=fleet-backup-*'] },
  chrony: { roles: hostRoles, matches: ['--unit=chrony.service'] },
  nftables: { roles: hostRoles, matches: ['--unit=nftables.service'] },
}

export interface LogsOptions {
  readonly node: string
  readonly service: LoggedService
  /** As journalctl takes it: `10 min ago`, `2026-01-05 03:00`. Null: from the beginning. */
  readonly since: string | null
  /** The last so many. */
  readonly lines: number
  readonly follow: boolean
}

const followLimitMs = 24 * 3_600_000

/**
 * Reads a service's journal on a host and hands out its text as it comes.
 *
 * @throws ClusterError cluster_unhealthy for a host or service that is not there, command_failed with journalctl's
 *   words, host_unreachable
 */
export async function readLogs(
  spec: ClusterSpec,
  shell: HostShell,
  options: LogsOptions,
  { signal, onText }: { readonly signal: AbortSignal; readonly onText: (text: string) => void },
): Promise<void> {
  const host = hostOf(spec, options.node)
  const { roles } = services[options.service]
  if (!roles.some((role) => host.roles.includes(role)))
    throw new ClusterError('cluster_unhealthy', `${options.service} does not run on ${host.name}.`, {
      fix: `There: ${servicesOn(host).join(', ')}. It runs on ${spec.hosts
        .filter((other) => roles.some((role) => other.roles.includes(role)))
        .map(({ name }) => name)
        .join(', ')}.`,
    })
  const { exitCode, stdout, stderr } = await shell.run(host, journalWords(options), {
    signal,
    timeoutMs: options.follow ? followLimitMs : 60_000,
    onOutput: onText,
  })
  if (exitCode !== 0)
    throw new ClusterError(
      'command_failed',
      `journalctl on ${host.name} ended with ${exitCode}: ${(stderr || stdout).trim().slice(-300)}`,
      { fix: 'For --since see `man systemd.time`: "10 min ago", "today", "2026-01-05 03:00".' },
    )
}

/** Pure: the command line on the host. */
export const journalWords = ({ service, since, lines, follow }: LogsOptions): readonly string[] => [
  'journalctl',
  '--quiet',
  '--no-pager',
  '--no-hostname',
  '--output=short-iso',
  `--lines=${lines}`,
  ...(since === null ? [] : [`--since=${since}`]),
  ...(follow ? ['--follow'] : []),
  ...services[service].matches,
]

export const servicesOn = (host: HostSpec): readonly LoggedService[] =>
  loggedServices.filter((service) => services[service].roles.some((role) => host.roles.includes(role)))

function hostOf(spec: ClusterSpec, name: string): HostSpec {
  const host = spec.hosts.find((candidate) => candidate.name === name)
  if (host) return host
  throw new ClusterError('cluster_unhealthy', `${name} is no host of this cluster.`, {
    fix: `Its hosts are ${spec.hosts.map((other) => other.name).join(', ')}.`,
  })
}
