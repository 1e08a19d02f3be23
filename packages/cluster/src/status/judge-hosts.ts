import { type LoggedService, loggedServices } from '../operate/logs.ts'
import type { ClusterSpec, HostSpec } from '../spec/cluster-spec.ts'
import type { HostStatus } from './cluster-status.ts'
import type { HostProbe } from './host-probe.ts'
import { probeOf } from './judge-writes.ts'
import { limits } from './limits.ts'
import type { Observations } from './observations.ts'
import type { Observed } from './observed.ts'
import { bytesInWords, durationInWords } from './quantity-words.ts'
import { logsOf, type Warning } from './warning.ts'

/** Everything that was asked of one host. */
const sourcesOf = (seen: Observations, host: string): readonly Observed<unknown>[] =>
  [seen.nodes, seen.clusters, seen.etcd, seen.haproxies, seen.hosts].flatMap(
    (byHost) => byHost.get(host) ?? [],
  )

/** Hosts of which no source answers, and none that only a living machine can refuse: switched off, or cut away. */
export function silentHosts(spec: ClusterSpec, seen: Observations): ReadonlySet<string> {
  return new Set(
    spec.hosts
      .filter(({ name }) => {
        const sources = sourcesOf(seen, name)
        return (
          sources.length > 0 &&
          sources.every(
            (source) =>
              !source.ok && (source.failure.kind === 'no_answer' || source.failure.kind === 'no_route'),
          )
        )
      })
      .map(({ name }) => name),
  )
}

export function judgeHosts(
  spec: ClusterSpec,
  seen: Observations,
  off: ReadonlySet<string>,
  nowMs: number,
): { readonly found: readonly HostStatus[]; readonly warnings: readonly Warning[] } {
  return {
    found: spec.hosts.map((host) => describe(host, seen)),
    warnings: [
      ...spec.hosts.flatMap((host) => hostWarnings(spec, host, seen, off, nowMs)),
      ...clockWarnings(spec, seen),
      ...seen.ownCertificates.flatMap(({ name, endsMs }) =>
        certificateWarnings(null, `the ${name}'s certificate on this machine`, endsMs, nowMs),
      ),
    ],
  }
}

function describe(host: HostSpec, seen: Observations): HostStatus {
  const { name, address, roles } = host
  const observed = seen.hosts.get(name)
  const probe = probeOf(seen, name)
  return {
    name,
    address,
    roles,
    answer: observed?.ok ? null : (observed?.failure.message ?? 'not asked'),
    clockOffsetMs: probe && Math.round(probe.timeMs - (probe.sentMs + probe.receivedMs) / 2),
    disks: probe?.answers.disks ?? [],
    certificates: (probe?.answers.certificates ?? []).map(({ daemon, endsMs }) => ({
      daemon,
      endsAt: new Date(endsMs).toISOString(),
    })),
    services: probe?.answers.units ?? {},
  }
}

function hostWarnings(
  spec: ClusterSpec,
  host: HostSpec,
  seen: Observations,
  off: ReadonlySet<string>,
  nowMs: number,
): readonly Warning[] {
  const { name, address } = host
  if (off.has(name))
    return [
      {
        code: 'host_off',
        severity: 'critical',
        host: name,
        message: `${name} (${address}) answers nothing: it is switched off, frozen or cut away. Start it or mend its network; it rejoins by itself.`,
        next: `ping -c 3 ${address}`,
      },
    ]
  const observed = seen.hosts.get(name)
  const served = servedCertificateWarnings(name, seen, nowMs)
  if (!observed?.ok)
    return [
      ...served,
      {
        code: 'ssh_failed',
        severity: 'warning',
        host: name,
        message: `${name}: ${observed?.failure.message.replace(/^ssh: /u, '') ?? 'not asked'} over ssh. Its clock, disks, backups and archiving were not seen.`,
        next: sshCommand(spec, host),
      },
    ]
  const probe = observed.value
  return [...served, ...probeWarnings(spec, host, probe, nowMs)]
}

const sshCommand = ({ ssh }: ClusterSpec, { address }: HostSpec): string =>
  `ssh -p ${ssh.port} ${ssh.user}@${address} true`

function probeWarnings(
  spec: ClusterSpec,
  host: HostSpec,
  probe: HostProbe,
  nowMs: number,
): readonly Warning[] {
  const { name } = host
  const { answers, errors, late } = probe
  const warnings: Warning[] = []
  const unseen = [
    ...Object.entries(errors).map(([part, words]) => `${part} (${words.split('\n').at(-1)?.slice(0, 120)})`),
    ...late.map((part) => `${part} (not in time)`),
  ]
  if (unseen.length > 0)
    warnings.push({
      code: 'probe_incomplete',
      severity: 'warning',
      host: name,
      message: `${name} could not say everything: ${unseen.join(', ')}.`,
      next: sshCommand(spec, host),
    })
  for (const [unit, state] of Object.entries(answers.units ?? {}))
    if (state !== 'active')
      warnings.push({
        code: 'service_not_active',
        severity: 'critical',
        host: name,
        message: `The service ${unit} on ${name} is ${state || 'not there'}.`,
        // A timer says little: what it starts tells why.
        next: logsOf(name, serviceOf(unit)),
      })
  for (const { path, totalBytes, freeBytes } of answers.disks ?? []) {
    const used = totalBytes === 0 ? 0 : 1 - freeBytes / totalBytes
    if (used >= limits.diskWarning)
      warnings.push({
        code: 'disk_full',
        severity: used >= limits.diskCritical ? 'critical' : 'warning',
        host: name,
        message: `The disk of ${path} on ${name} is ${Math.floor(used * 100)} % full: ${bytesInWords(freeBytes)} of ${bytesInWords(totalBytes)} are free.`,
        next: `ssh -p ${spec.ssh.port} ${spec.ssh.user}@${host.address} du -xhd2 ${path}`,
      })
  }
  for (const { daemon, endsMs } of answers.certificates ?? [])
    warnings.push(...certificateWarnings(name, `${daemon}'s certificate on ${name}`, endsMs, nowMs))
  return warnings
}

/** Whose log tells of a unit that host-probe.ts asks for. */
function serviceOf(unit: string): LoggedService {
  if (unit.startsWith('fleet-backup-')) return 'backups'
  return loggedServices.find((service) => service === unit) ?? 'postgresql'
}

/** What a daemon shows can be older than its file: renewed, and never reloaded. */
function servedCertificateWarnings(name: string, seen: Observations, nowMs: number): readonly Warning[] {
  const onDisk = probeOf(seen, name)?.answers.certificates ?? []
  const served = [
    { daemon: 'etcd', view: seen.etcd.get(name) },
    { daemon: 'haproxy', view: seen.haproxies.get(name) },
  ]
  return served.flatMap(({ daemon, view }) => {
    if (!view?.ok) return []
    const { certificateEndsMs } = view.value
    const file = onDisk.find((found) => found.daemon === daemon)
    // The same one is told of from its file.
    if (file && file.endsMs <= certificateEndsMs) return []
    return certificateWarnings(
      name,
      `the certificate that ${daemon} on ${name} shows`,
      certificateEndsMs,
      nowMs,
    )
  })
}

function certificateWarnings(
  host: string | null,
  what: string,
  endsMs: number,
  nowMs: number,
): readonly Warning[] {
  const leftMs = endsMs - nowMs
  if (leftMs > limits.certificateWarningMs) return []
  const words = leftMs <= 0 ? `ended ${durationInWords(-leftMs)} ago` : `ends in ${durationInWords(leftMs)}`
  return [
    {
      code: 'certificate_ends',
      severity: leftMs <= limits.certificateCriticalMs ? 'critical' : 'warning',
      host,
      message: `${what[0]?.toUpperCase()}${what.slice(1)} ${words}.`,
      next: 'fleet cluster certs renew',
    },
  ]
}

/**
 * Only skew that is certain: a host's clock was read at an unknown moment of the way there and back, so its offset
 * is a range, and two clocks differ by at least the gap between their ranges.
 */
function clockWarnings(spec: ClusterSpec, seen: Observations): readonly Warning[] {
  const ranges = spec.hosts.flatMap(({ name }) => {
    const probe = probeOf(seen, name)
    return probe ? [{ name, fromMs: probe.timeMs - probe.receivedMs, toMs: probe.timeMs - probe.sentMs }] : []
  })
  const ahead = ranges.toSorted((a, b) => b.fromMs - a.fromMs)[0]
  const behind = ranges.toSorted((a, b) => a.toMs - b.toMs)[0]
  if (!ahead || !behind || ahead.fromMs - behind.toMs <= limits.clockSkewMs) return []
  return [
    {
      code: 'clock_skew',
      severity: 'warning',
      host: null,
      message: `The clocks differ: ${ahead.name} is at least ${((ahead.fromMs - behind.toMs) / 1000).toFixed(1)} s ahead of ${behind.name}.`,
      next: logsOf(behind.name, 'chrony'),
    },
  ]
}
