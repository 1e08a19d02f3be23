import { ClusterError, type ClusterSpec, type ClusterStatus, hostsWith } from '@fleet/cluster'
import { type Actor, actors } from './fault.ts'

/** Which host plays whom; null where the cluster has nobody for it. */
export type Cast = Readonly<Record<Actor, string | null>>

/** Chooses the actors of a drill by what each host is now. */
export function chooseCast(status: ClusterStatus, spec: ClusterSpec): Cast {
  const { primary } = status.writes
  const standbys = status.members.map(({ name }) => name).filter((name) => name !== primary)
  const etcdLeader = status.etcd.leader
  const followers = status.etcd.members.map(({ name }) => name).filter((name) => name !== etcdLeader)
  return {
    primary,
    standby: standbys[0] ?? null,
    'other-standby': standbys[1] ?? null,
    'etcd-leader': etcdLeader,
    // Not the primary's machine, where both are on one: that would be another drill.
    'etcd-follower': followers.find((name) => name !== primary) ?? followers[0] ?? null,
    'vip-holder': status.vip.holder,
    backup: hostsWith(spec, 'backup')[0]?.name ?? null,
  }
}

/** @throws ClusterError cluster_unhealthy when nobody plays it */
export function playedBy(cast: Cast, actor: Actor): string {
  const name = cast[actor]
  if (name !== null) return name
  throw new ClusterError('cluster_unhealthy', `Nobody is known to be the ${actor} of this cluster.`, {
    fix: 'See `fleet cluster status`.',
  })
}

/** For texts: `pg-node-1 (primary)`; what is no actor stays as it is. */
export const nameInCast =
  (cast: Cast) =>
  (actor: string): string => {
    const name = (actors as readonly string[]).includes(actor) ? cast[actor as Actor] : null
    return name === null ? actor : `${name} (${actor})`
  }
