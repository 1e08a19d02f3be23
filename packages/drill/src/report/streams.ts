import { percentile } from '@fleet/lab'
import { firstFaultMs, longestGap } from '../checkers/availability.ts'
import { rightlyRefused } from '../checkers/users.ts'
import type { Operation } from '../history/operation.ts'
import { largest } from '../largest.ts'
import { type DrillRecord, operationsOf } from '../verdict/drill-record.ts'
import { commandKind } from '../workloads/app/dispatchers.ts'
import { fixKind } from '../workloads/app/trackers.ts'
import { insertKind } from '../workloads/sql/inserts.ts'
import { lookKind } from '../workloads/sql/sessions.ts'
import { type Latency, type Second, type StreamFigures, type StreamName, streams } from './report.ts'

const operationsOfStream: Readonly<Record<StreamName, (record: DrillRecord) => readonly Operation[]>> = {
  writes: (record) => operationsOf(record, 'inserts').filter(({ kind }) => kind === insertKind),
  reads: (record) => operationsOf(record, 'sessions').filter(({ kind }) => kind === lookKind),
  commands: (record) => operationsOf(record, 'dispatchers').filter(({ kind }) => kind === commandKind),
  fixes: (record) => operationsOf(record, 'trackers').filter(({ kind }) => kind === fixKind),
  lists: (record) => operationsOf(record, 'screens').filter(({ kind }) => kind === 'list'),
}

/** What every group of clients of a drill met; groups without an operation are left out. */
export function describeStreams(record: DrillRecord): readonly StreamFigures[] {
  return streams.flatMap(({ name, title }) => {
    const operations = operationsOfStream[name](record)
    return operations.length === 0 ? [] : [{ name, title, ...describe(operations, record) }]
  })
}

function describe(
  operations: readonly Operation[],
  { events }: DrillRecord,
): Omit<StreamFigures, 'name' | 'title'> {
  const faultMs = firstFaultMs(events) ?? Infinity
  const lastMs = largest(operations.map(({ startMs, endMs }) => endMs ?? startMs))
  const stoppedMs = events.find(({ kind }) => kind === 'stopped')?.atMs ?? lastMs
  const count = (outcome: Operation['outcome']) =>
    operations.filter((operation) => operation.outcome === outcome).length
  const refusedRightly = rightlyRefused(operations).size
  const answered = operations.filter(({ outcome }) => outcome === 'ok')
  return {
    ok: count('ok'),
    fail: count('fail') - refusedRightly,
    rightlyRefused: refusedRightly,
    unknown: count('unknown'),
    longestGap: longestGap(operations, faultMs, stoppedMs),
    latencyMs: {
      before: latencyOf(answered.filter(({ startMs }) => startMs < faultMs)),
      during: latencyOf(answered.filter(({ startMs }) => startMs >= faultMs)),
    },
    repeated: countTries(operations),
    longestWaitMs: Math.round(largest(operations.map(tookMs), 0)),
    perSecond: countSeconds(operations, lastMs),
  }
}

const tookMs = ({ startMs, endMs }: Operation) => (endMs === null ? 0 : endMs - startMs)

function latencyOf(answered: readonly Operation[]): Latency | null {
  if (answered.length === 0) return null
  const times = answered.map(tookMs)
  const at = (share: number) => Math.round(percentile(times, share) * 10) / 10
  return { p50: at(50), p99: at(99), max: at(100) }
}

function countTries(operations: readonly Operation[]): Readonly<Record<string, number>> {
  const total: Record<string, number> = {}
  for (const { answer } of operations) {
    const { tries = {} } = (answer ?? {}) as { readonly tries?: Readonly<Record<string, number>> }
    for (const [met, count] of Object.entries(tries)) total[met] = (total[met] ?? 0) + count
  }
  return total
}

function countSeconds(operations: readonly Operation[], lastMs: number): readonly Second[] {
  const bySecond = Map.groupBy(
    operations.filter(({ endMs }) => endMs !== null),
    ({ endMs }) => Math.floor(endMs! / 1_000),
  )
  return Array.from({ length: Math.ceil(lastMs / 1_000) }, (_, second) => {
    const all = bySecond.get(second) ?? []
    const answered = all.filter(({ outcome }) => outcome === 'ok')
    return {
      ok: answered.length,
      notOk: all.length - answered.length,
      p99Ms: latencyOf(answered)?.p99 ?? null,
    }
  })
}
