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

/** A lab with a cluster on it, as somebody in its network reaches it. */
export interface MeasureContext {
  readonly lab: Lab
  readonly operation: Operation
  readonly secrets: ClusterSecrets
  readonly pki: ClusterPki
  readonly shell: HostShell
  /** Wall-clock time, for what status says of ages. */
  readonly nowMs: () => number
}

/** What `fleet cluster status` says now. */
export async function readStatus({
  operation: { spec, signal },
  secrets,
  pki,
  shell,
  nowMs,
}: MeasureContext): Promise<ClusterStatus> {
  const seen = await collectObservations({ spec, secrets, pki, shell, now: nowMs, stop: signal })
  return judge(seen, spec, nowMs())
}

/** Close it by closing its Patroni client. */
export function openMeasureContext(
  lab: Lab,
  cluster: Pick<MeasureContext, 'secrets' | 'pki' | 'shell'> & { readonly spec: ClusterSpec },
  signal: AbortSignal,
): MeasureContext {
  const { spec, secrets, pki, shell } = cluster
  return {
    lab,
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
