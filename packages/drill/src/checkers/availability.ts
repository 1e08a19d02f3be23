import type { DrillEvent } from '../history/observations.ts'
import type { Operation } from '../history/operation.ts'
import { inSeconds } from '../seconds.ts'
import { type Evidence, type Finding, unknown, unlessBroken } from './finding.ts'

/** The longest time in which nobody got an answer. */
export interface Gap {
  readonly startMs: number
  readonly gapMs: number
}

/**
 * The longest silence between two `ok` answers that ends at or after `fromMs`; what is still silent when
 * `toMs` comes counts too. Null when nothing was answered.
 */
export function longestGap(operations: readonly Operation[], fromMs: number, toMs: number): Gap | null {
  const answeredMs = operations
    .flatMap(({ outcome, endMs }) => (outcome === 'ok' && endMs !== null && endMs <= toMs ? [endMs] : []))
    .sort((a, b) => a - b)
  if (answeredMs.length === 0) return null
  let longest: Gap | null = null
  for (const [index, atMs] of [...answeredMs, toMs].entries()) {
    const startMs = answeredMs[index - 1]
    if (startMs === undefined || atMs < fromMs) continue
    if (!longest || atMs - startMs > longest.gapMs) longest = { startMs, gapMs: atMs - startMs }
  }
  return longest
}

/** No silence was longer than promised, from the first fault until the clients were stopped. */
export function checkGap(
  operations: readonly Operation[],
  events: readonly DrillEvent[],
  limitMs: number,
): Finding {
  const faultMs = firstFaultMs(events)
  const stoppedMs = events.find(({ kind }) => kind === 'stopped')?.atMs
  if (faultMs === null || stoppedMs === undefined) return unknown('The drill did not get as far as its end.')
  const gap = gapAround(operations, faultMs, stoppedMs)
  if (!gap) return unknown('Nothing was answered before the fault, so the silence has no beginning.')
  const evidence: Evidence[] =
    gap.gapMs <= limitMs
      ? []
      : [
          {
            says: `Nothing was answered for ${inSeconds(gap.gapMs)}, from ${inSeconds(gap.startMs)} on; ${inSeconds(limitMs)} are promised.`,
            operations: atEndsOf(gap, operations),
          },
        ]
  return unlessBroken(
    evidence,
    `The longest silence was ${inSeconds(gap.gapMs)}; ${inSeconds(limitMs)} are promised.`,
  )
}

/**
 * Who works through the app waits hardly longer than who speaks to the cluster itself: the longest silences of the two,
 * each from the first fault until the clients were stopped.
 */
export function checkBeyondCluster(
  commands: readonly Operation[],
  writes: readonly Operation[],
  events: readonly DrillEvent[],
  allowedMs: number,
): Finding {
  const faultMs = firstFaultMs(events)
  const stoppedMs = events.find(({ kind }) => kind === 'stopped')?.atMs
  if (faultMs === null || stoppedMs === undefined) return unknown('The drill did not get as far as its end.')
  const [app, cluster] = [commands, writes].map((each) => gapAround(each, faultMs, stoppedMs))
  if (!app || !cluster)
    return unknown('Nothing was answered before the fault, so a silence has no beginning.')
  const compared = `The app's longest silence was ${inSeconds(app.gapMs)}, the cluster's ${inSeconds(cluster.gapMs)}; ${inSeconds(allowedMs)} more are promised.`
  return unlessBroken(
    app.gapMs - cluster.gapMs <= allowedMs
      ? []
      : [{ says: compared, operations: [...atEndsOf(cluster, writes), ...atEndsOf(app, commands)] }],
    compared,
  )
}

/** Null when nothing was answered before the fault: a silence has no beginning then. */
function gapAround(operations: readonly Operation[], faultMs: number, stoppedMs: number): Gap | null {
  const before = operations.some(({ outcome, endMs }) => outcome === 'ok' && (endMs ?? Infinity) < faultMs)
  return before ? longestGap(operations, faultMs, stoppedMs) : null
}

/** The answers before and after a silence. */
const atEndsOf = ({ startMs, gapMs }: Gap, operations: readonly Operation[]): readonly Operation[] =>
  operations.filter(({ endMs }) => endMs !== null && (endMs === startMs || endMs === startMs + gapMs))

/** Status said healthy in time after the last fault was healed. */
export function checkHealthyAgain(events: readonly DrillEvent[], limitMs: number): Finding {
  const settled = events.findLast(({ kind }) => kind === 'settled')
  if (!settled) return unknown('The drill did not get as far as its end.')
  const healthy = events.find(({ kind, atMs }) => kind === 'healthy' && atMs >= settled.atMs)
  const stopped = events.find(({ kind }) => kind === 'stopped')
  const tookMs = (healthy ?? stopped)?.atMs
  if (tookMs === undefined) return unknown('Nobody asked whether the cluster is healthy again.')
  const afterMs = tookMs - settled.atMs
  if (healthy && afterMs <= limitMs)
    return unlessBroken([], `All was well ${inSeconds(afterMs)} after the end of the faults.`)
  if (!healthy && afterMs < limitMs) return unknown(`It was asked for ${inSeconds(afterMs)} only.`)
  const says = healthy
    ? `All was well only ${inSeconds(afterMs)} after the end of the faults; ${inSeconds(limitMs)} are promised.`
    : `Not all was well ${inSeconds(afterMs)} after the end of the faults.`
  return unlessBroken([{ says, operations: [] }], '')
}

export const firstFaultMs = (events: readonly DrillEvent[]): number | null =>
  events.find(({ kind }) => kind === 'injecting')?.atMs ?? null
