import { setTimeout as sleepFor } from 'node:timers/promises'
import { ClusterError } from '../cluster-error.ts'
import type { PatroniClient } from '../patroni/patroni-client.ts'
import { type ClusterSpec, type HostSpec, hostsWith } from '../spec/cluster-spec.ts'

/** Time as it is handed in; never goes back. */
export interface OperationClock {
  /** Milliseconds. */
  now(): number
  /** @throws the signal's reason when it is aborted */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

export const systemClock: OperationClock = {
  now: () => performance.now(),
  sleep: (ms, signal) => sleepFor(ms, undefined, { signal }),
}

export type OperationEvent =
  /** One line of what is about to be done; all of them come before anything is done. */
  | { readonly kind: 'plan'; readonly text: string }
  /** Something was done. */
  | { readonly kind: 'done'; readonly text: string }
  /** What is waited for and how it stands; comes again and again. */
  | {
      readonly kind: 'waiting'
      readonly text: string
      readonly elapsedMs: number
      readonly timeoutMs: number
    }

/** What every operation on the cluster gets. */
export interface Operation {
  readonly spec: ClusterSpec
  readonly patroni: PatroniClient
  readonly clock: OperationClock
  readonly signal: AbortSignal
  readonly onEvent: (event: OperationEvent) => void
}

export interface WaitOptions {
  /** `pg-node-2 to stream again`. */
  readonly for: string
  readonly timeoutMs: number
  /** Default 250. */
  readonly everyMs?: number
}

/** A condition that was looked at: met with what it gives, or not met with how it stands. */
export type Looked<T> =
  | { readonly met: true; readonly value: T }
  | { readonly met: false; readonly now: string }

/**
 * Looks again and again until the condition is met.
 *
 * @throws ClusterError timed_out, with how it stood at last
 */
export async function waitFor<T>(
  { clock, signal, onEvent }: Pick<Operation, 'clock' | 'signal' | 'onEvent'>,
  { for: what, timeoutMs, everyMs = 250 }: WaitOptions,
  look: () => Promise<Looked<T>>,
): Promise<T> {
  const startMs = clock.now()
  for (;;) {
    signal.throwIfAborted()
    const looked = await look()
    if (looked.met) return looked.value
    const elapsedMs = clock.now() - startMs
    if (elapsedMs >= timeoutMs)
      throw new ClusterError(
        'timed_out',
        `Waited ${Math.round(timeoutMs / 1000)} s for ${what}; it is not so yet: ${looked.now}.`,
      )
    onEvent({ kind: 'waiting', text: `${what}: ${looked.now}`, elapsedMs, timeoutMs })
    await clock.sleep(everyMs, signal)
  }
}

/** @throws ClusterError cluster_unhealthy when no database host has this name */
export function databaseHost(spec: ClusterSpec, name: string): HostSpec {
  const hosts = hostsWith(spec, 'postgresql')
  const host = hosts.find((candidate) => candidate.name === name)
  if (host) return host
  const there = hosts.map((candidate) => candidate.name).join(', ')
  throw new ClusterError('cluster_unhealthy', `${name} is not a database node of this cluster.`, {
    fix: `The database nodes are ${there}.`,
  })
}
