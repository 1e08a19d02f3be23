import { ClusterError, type ClusterStatus, longestWriteGap, vipConnection } from '@fleet/cluster'
import {
  type AcknowledgedWriter,
  createMeasureTable,
  readIds,
  startAcknowledgedWriter,
} from './acknowledged-writer.ts'
import type { Fault } from './fault.ts'
import { type ClusterContext, type MeasureContext, readStatus } from './measure-context.ts'
import { findTwoPrimaries, startPrimarySampler } from './primary-sampler.ts'
import { findUntruths, watchStatus } from './status-watch.ts'

/** What one fault did to a client that wrote all the time. */
export interface FaultRun {
  readonly fault: string
  readonly machine: string
  /** The longest time without an acknowledged write, from the fault until all was well again. */
  readonly gapMs: number
  readonly limitMs: number
  readonly acknowledged: number
  /** Writes whose outcome the client never learned. */
  readonly unknown: number
  /** Acknowledged rows that are not there. */
  readonly missing: readonly number[]
  /** Moments at which two nodes took writes. */
  readonly twoPrimaries: number
  /** From the healing (from the fault, where the cluster heals by itself) until status said healthy. */
  readonly healthyAgainMs: number
  /** What `fleet cluster status` said that was not so. */
  readonly untruths: readonly string[]
  readonly slowestStatusMs: number
  /** All of the above is as it must be. */
  readonly passed: boolean
}

/** Writes that must have been acknowledged before and after, so that the gap has two ends. */
const steadyWrites = 100
/** Some faults show late: a check that must fail twice, a lease that runs out. */
const observeAtLeastMs = 8_000
const writesBackLimitMs = 120_000
const healthyLimitMs = 240_000
/** The promise of `fleet cluster status`. */
const statusLimitMs = 3_000

/**
 * Does a fault to a healthy cluster under writes, heals it, and counts.
 *
 * @throws ClusterError timed_out when the cluster is not healthy before, or not again after
 */
export async function runFault(
  context: MeasureContext,
  fault: Fault,
  onStep: (text: string) => void,
): Promise<FaultRun> {
  const { operation, secrets, pki } = context
  const { clock, spec, signal } = operation
  onStep('waiting until all is well')
  await untilHealthy(context)
  const connection = vipConnection(spec, secrets, pki)
  await createMeasureTable(connection)
  const machine = await fault.prepare(context)

  const firstId = context.nowMs() * 1_000
  const writer = startAcknowledgedWriter({ connection, clock, firstId })
  const sampler = startPrimarySampler(context.lab)
  const status = watchStatus(context)
  let healed = false
  try {
    await needWrites(writer, 30_000)
    onStep(`${fault.name} on ${machine.name}`)
    const faultMs = clock.now()
    await fault.inject(context, machine)
    const offMs = clock.now()
    await clock.sleep(observeAtLeastMs, signal)
    await needWrites(writer, writesBackLimitMs)
    const healMs = fault.takesMachine ? clock.now() : faultMs
    if (fault.takesMachine) onStep(`healing ${machine.name}`)
    await fault.heal(context, machine)
    healed = true
    onStep('waiting until all is well again')
    await untilHealthy(context)
    const healthyAgainMs = clock.now() - healMs
    await needWrites(writer, 30_000)

    const samples = await status.stop()
    const primaries = await sampler.stop()
    const history = await writer.stop()
    const present = await readIds(connection, firstId)
    const gap = longestWriteGap(history, faultMs)
    const missing = history.acknowledgedIds.filter((id) => !present.has(id))
    const untruths = findUntruths(samples, {
      acknowledgedMs: history.acknowledgedMs,
      off: fault.takesMachine ? { host: machine.name, fromMs: offMs, toMs: healMs } : null,
    })
    const twoPrimaries = findTwoPrimaries(primaries).length
    const gapMs = Math.round(gap?.gapMs ?? Infinity)
    const slowestStatusMs = Math.round(Math.max(...samples.map((each) => each.answeredMs - each.askedMs)))
    return {
      fault: fault.name,
      machine: machine.name,
      gapMs,
      limitMs: fault.limitMs,
      acknowledged: history.acknowledgedIds.length,
      unknown: history.unknownIds.length,
      missing,
      twoPrimaries,
      healthyAgainMs: Math.round(healthyAgainMs),
      untruths,
      slowestStatusMs,
      passed:
        gapMs <= fault.limitMs &&
        missing.length === 0 &&
        twoPrimaries === 0 &&
        untruths.length === 0 &&
        slowestStatusMs <= statusLimitMs,
    }
  } finally {
    await Promise.allSettled([status.stop(), sampler.stop(), writer.stop()])
    // A measurement that ended midway leaves no machine off. What stopped it is told already.
    if (!healed) await fault.heal(context, machine).catch(() => {})
  }
}

async function needWrites(writer: AcknowledgedWriter, timeoutMs: number): Promise<void> {
  if (await writer.acknowledged(steadyWrites, timeoutMs)) return
  const last = [...writer.history.errors.keys()].at(-1) ?? 'no error was seen'
  throw new ClusterError(
    'timed_out',
    `No ${steadyWrites} writes were acknowledged within ${timeoutMs / 1000} s; the last error: ${last}.`,
  )
}

/** Until status says healthy: every machine answers, every standby streams, etcd and both HAProxies are whole. */
export async function untilHealthy(context: ClusterContext): Promise<ClusterStatus> {
  const { clock, signal } = context.operation
  const deadlineMs = clock.now() + healthyLimitMs
  for (;;) {
    const status = await readStatus(context)
    if (status.level === 'healthy') return status
    if (clock.now() > deadlineMs)
      throw new ClusterError(
        'timed_out',
        `The cluster is not healthy after ${healthyLimitMs / 1000} s: ${status.verdict}.`,
      )
    await clock.sleep(500, signal)
  }
}
