import {
  type ClusterPki,
  type ClusterSecrets,
  type ClusterSpec,
  type ClusterStatus,
  collectObservations,
  createPatroniClient,
  type HostShell,
  judge,
  type Operation,
  systemClock,
} from '@fleet/cluster'
import type { Lab } from '../lab-state.ts'

/** A cluster, as somebody in its network reaches it. */
export interface ClusterContext {
  readonly operation: Operation
  readonly secrets: ClusterSecrets
  readonly pki: ClusterPki
  readonly shell: HostShell
  /** Wall-clock time, for what status says of ages. */
  readonly nowMs: () => number
}

/** One on a lab. */
export interface MeasureContext extends ClusterContext {
  readonly lab: Lab
}

/** What `fleet cluster status` says now. */
export async function readStatus({
  operation: { spec, signal },
  secrets,
  pki,
  shell,
  nowMs,
}: ClusterContext): Promise<ClusterStatus> {
  const seen = await collectObservations({ spec, secrets, pki, shell, now: nowMs, stop: signal })
  return judge(seen, spec, nowMs())
}

/** What is needed of a cluster by who watches it. */
export type WatchedCluster = Pick<ClusterContext, 'secrets' | 'pki' | 'shell'> & {
  readonly spec: ClusterSpec
}

/** Close it by closing its Patroni client. */
export function openClusterContext(cluster: WatchedCluster, signal: AbortSignal): ClusterContext {
  const { spec, secrets, pki, shell } = cluster
  return {
    operation: {
      spec,
      patroni: createPatroniClient({ spec, secrets, pki }),
      clock: systemClock,
      signal,
      onEvent: () => {},
    },
    secrets,
    pki,
    shell,
    nowMs: Date.now,
  }
}

/** Close it by closing its Patroni client. */
export const openMeasureContext = (
  lab: Lab,
  cluster: WatchedCluster,
  signal: AbortSignal,
): MeasureContext => ({
  lab,
  ...openClusterContext(cluster, signal),
})
