import { isFull, isGraceOnly, nodeOf, writeTargets } from '../haproxy/haproxy-stats.ts'
import { ports } from '../layout.ts'
import { type ClusterSpec, hostsWith } from '../spec/cluster-spec.ts'
import type { ClusterStatus, HaproxyStatus } from './cluster-status.ts'
import { probeOf, vipHolder } from './judge-writes.ts'
import { limits } from './limits.ts'
import type { Observations } from './observations.ts'
import { logsOf, type Warning } from './warning.ts'

interface JudgedHaproxies {
  readonly haproxies: readonly HaproxyStatus[]
  readonly vip: ClusterStatus['vip']
  readonly warnings: readonly Warning[]
}

/** @param off hosts of which nothing answers: they are told of once, elsewhere */
export function judgeHaproxies(
  spec: ClusterSpec,
  seen: Observations,
  primary: string | null,
  off: ReadonlySet<string>,
): JudgedHaproxies {
  const haproxies = hostsWith(spec, 'haproxy').map(({ name }) => describe(name, seen))
  return {
    haproxies,
    vip: {
      address: spec.network.vip,
      answer: seen.vip.ok ? null : seen.vip.failure.message,
      holder: vipHolder(spec, seen),
    },
    warnings: [
      ...vipWarnings(spec, seen, haproxies),
      ...haproxies.flatMap((haproxy) => (off.has(haproxy.name) ? [] : viewWarnings(spec, haproxy, primary))),
      ...disagreement(haproxies),
    ],
  }
}

function describe(name: string, seen: Observations): HaproxyStatus {
  const observed = seen.haproxies.get(name)
  const holdsVip = probeOf(seen, name)?.answers.holdsVip ?? null
  if (!observed?.ok)
    return {
      name,
      answer: observed?.failure.message ?? 'not asked',
      holdsVip,
      writesTo: [],
      graceOnly: false,
      clients: [],
      servers: [],
    }
  const portOf: Readonly<Record<string, number>> = { writes: ports.writes, reads: ports.reads }
  return {
    name,
    answer: null,
    holdsVip,
    writesTo: writeTargets(observed.value.servers),
    graceOnly: isGraceOnly(observed.value.servers),
    clients: observed.value.frontends.flatMap(({ proxy, ...clients }) => {
      const port = portOf[proxy]
      return port === undefined ? [] : [{ port, ...clients }]
    }),
    servers: observed.value.servers.flatMap(({ proxy, server, ...view }) => {
      const port = portOf[proxy]
      return port === undefined ? [] : [{ port, name: nodeOf(server), ...view }]
    }),
  }
}

function vipWarnings(
  spec: ClusterSpec,
  seen: Observations,
  haproxies: readonly HaproxyStatus[],
): readonly Warning[] {
  const { vip: address } = spec.network
  const first = haproxies[0]?.name ?? 'HOST'
  const holders = haproxies.filter(({ holdsVip }) => holdsVip).map(({ name }) => name)
  const warnings: Warning[] = []
  const critical = (code: Warning['code'], message: string, next: string) =>
    warnings.push({ code, severity: 'critical', host: null, message, next })

  if (holders.length > 1)
    critical(
      'vip_held_twice',
      `${holders.join(' and ')} both hold the virtual address ${address}: their keepalived do not hear each other (VRRP, IP protocol 112).`,
      logsOf(holders[1] ?? first, 'keepalived'),
    )
  if (seen.vip.ok && !haproxies.some(({ name }) => name === (seen.vip.ok && seen.vip.value)))
    critical(
      'vip_foreign',
      `The virtual address ${address} is answered by ${seen.vip.value}, which is no HAProxy of this cluster.`,
      `ip neigh show ${address}`,
    )
  if (!seen.vip.ok) {
    const { kind, message } = seen.vip.failure
    if (kind === 'wrong_certificate')
      critical(
        'vip_foreign',
        `The virtual address ${address} is answered by another machine than this cluster's: ${message}.`,
        `ip neigh show ${address}`,
      )
    else
      critical(
        'vip_no_answer',
        `The virtual address ${address}: ${message}. ${holders.length > 0 ? `${holders.join(' and ')} holds it.` : 'No HAProxy host says that it holds it.'}`,
        logsOf(holders[0] ?? first, 'keepalived'),
      )
  }
  return warnings
}

function viewWarnings(spec: ClusterSpec, haproxy: HaproxyStatus, primary: string | null): readonly Warning[] {
  const { name, answer } = haproxy
  const next = logsOf(name, 'haproxy')
  const about = { severity: 'critical', host: name, next } as const
  if (answer !== null)
    return [{ ...about, code: 'haproxy_no_answer', message: `HAProxy on ${name}: ${answer}.` }]
  const writers = haproxy.writesTo
  const warnings: Warning[] = []
  if (writers.length === 0)
    warnings.push({
      ...about,
      code: 'haproxy_no_primary',
      message: `${name} sees no primary: writes that come through it are refused.`,
    })
  else if (primary !== null && (writers.length > 1 || writers[0] !== primary))
    warnings.push({
      ...about,
      code: 'haproxy_other_primary',
      message: `${name} sends writes to ${writers.join(' and ')}, and the primary is ${primary}.`,
    })
  else if (haproxy.graceOnly)
    warnings.push({
      ...about,
      code: 'haproxy_grace',
      message: `Patroni on ${writers[0]} does not answer ${name}, which goes on with its PostgreSQL for up to ${Math.round(spec.failover.ttlS / 2)} s.`,
      next: logsOf(writers[0] ?? name, 'patroni'),
    })
  for (const clients of haproxy.clients) {
    const { port, connections, maxConnections } = clients
    if (maxConnections > 0 && connections >= maxConnections * limits.connectionsWarning)
      warnings.push({
        ...about,
        severity: isFull(clients) ? 'critical' : 'warning',
        code: 'haproxy_connections',
        message: `${connections} of ${maxConnections} connections of ${name} on port ${port} are taken${isFull(clients) ? ': further clients wait until one is free' : ''}.`,
      })
  }
  if (!haproxy.servers.some(({ port, up }) => port === ports.reads && up))
    warnings.push({
      ...about,
      severity: 'warning',
      code: 'haproxy_no_reads',
      message: `${name} sees no replica that is near enough for reads (port ${ports.reads}): they go to the primary.`,
    })
  return warnings
}

function disagreement(haproxies: readonly HaproxyStatus[]): readonly Warning[] {
  const views = haproxies.filter(({ answer }) => answer === null)
  const words = views.map((view) => view.writesTo.toSorted().join(' and ') || 'nobody')
  if (new Set(words).size < 2) return []
  return [
    {
      code: 'haproxies_disagree',
      severity: 'critical',
      host: null,
      message: `The HAProxies disagree about the primary: ${views.map(({ name }, index) => `${name} says ${words[index]}`).join(', ')}. It passes within seconds of a failover.`,
      next: logsOf(views[0]?.name ?? 'HOST', 'haproxy'),
    },
  ]
}
