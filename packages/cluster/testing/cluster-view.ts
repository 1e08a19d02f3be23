import type { PatroniNode } from '../src/patroni/patroni-answers.ts'
import { nodeAnswer } from '../src/patroni/patroni-answers.ts'
import { ClusterError } from '../src/cluster-error.ts'
import { type ClusterView, createClusterView } from '../src/operate/cluster-view.ts'
import { type ClusterSpec, hostsWith } from '../src/spec/cluster-spec.ts'
import type { PatroniMember } from '../src/patroni/patroni-answers.ts'

/** How one node differs from a healthy one. */
export interface NodeState {
  /** Its Patroni does not answer. */
  readonly silent?: boolean
  readonly node?: Partial<PatroniNode>
  readonly listed?: Partial<PatroniMember>
}

/** What a healthy primary has flushed. */
export const flushedLsn = 1_000_000

/**
 * A cluster as it would be read when all is well but for what is told, by node name.
 *
 * @param leader null: nobody holds the leader key
 */
export function viewOf(
  spec: ClusterSpec,
  leader: string | null,
  states: Readonly<Record<string, NodeState>> = {},
  paused = false,
): ClusterView {
  const hosts = hostsWith(spec, 'postgresql')
  const found = hosts.find(({ name }) => name === leader) ?? null
  return createClusterView(
    {
      leader: found,
      nodes: hosts.map((host) => {
        const state = states[host.name] ?? {}
        const holdsLock = host === found
        if (state.silent)
          return {
            host,
            node: null,
            holdsLock: false,
            error: new ClusterError('timed_out', `Patroni on ${host.name} did not answer within 2500 ms.`),
          }
        const node = { ...healthyNode(host.name, holdsLock), ...state.node }
        return { host, node, holdsLock, error: null }
      }),
    },
    {
      scope: spec.name,
      paused,
      scheduledSwitchover: null,
      members: hosts.map((host) => ({
        name: host.name,
        role: host === found ? ('leader' as const) : ('quorum_standby' as const),
        state: host === found ? 'running' : 'streaming',
        address: host.address,
        port: 5432,
        timeline: 7,
        lagBytes: host === found ? null : 0,
        pendingRestart: false,
        pendingRestartReasons: [],
        tags: {},
        ...states[host.name]?.listed,
      })),
    },
  )
}

const healthyNode = (name: string, isPrimary: boolean): PatroniNode =>
  nodeAnswer.parse({
    state: 'running',
    role: isPrimary ? 'primary' : 'replica',
    postmaster_start_time: '2026-01-05 03:00:00.000000+00:00',
    server_version: 170_011,
    timeline: 7,
    xlog: isPrimary
      ? { location: flushedLsn }
      : { received_location: flushedLsn, replayed_location: flushedLsn, paused: false },
    ...(isPrimary ? {} : { replication_state: 'streaming', quorum_standby: true }),
    patroni: { version: '4.0.7', scope: 'bike-fleet-cluster', name },
  })
