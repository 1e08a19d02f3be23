import type { Gap } from '../checkers/availability.ts'
import type { Verdict } from '../checkers/finding.ts'
import type { Drill } from '../drills/drill.ts'
import type { DrillEvent } from '../history/observations.ts'
import type { Operation } from '../history/operation.ts'
import type { RuleFinding } from '../verdict/judge-record.ts'

/** A group of clients in the figures and charts. */
export const streams = [
  { name: 'writes', title: 'Rows written by SQL' },
  { name: 'reads', title: 'Reads from standbys' },
  { name: 'commands', title: 'Commands through the app' },
  { name: 'fixes', title: 'Positions from phones' },
  { name: 'lists', title: 'Lists read on screens' },
] as const
export type StreamName = (typeof streams)[number]['name']

/** What one group of clients met. */
export interface StreamFigures {
  readonly name: StreamName
  readonly title: string
  readonly ok: number
  readonly fail: number
  /** And as many that had to be refused: of two dispatchers who press the same at one time, one is. */
  readonly rightlyRefused: number
  readonly unknown: number
  /** From the first fault until the clients stopped; null when too little was answered. */
  readonly longestGap: Gap | null
  /** Of answers before the first fault, and after it; null when there were none. */
  readonly latencyMs: { readonly before: Latency | null; readonly during: Latency | null }
  /** Tries that their clients repeated by themselves: what they met, with how often. */
  readonly repeated: Readonly<Record<string, number>>
  /** The longest that one request took until it was settled. */
  readonly longestWaitMs: number
  /** One for each second since the beginning. */
  readonly perSecond: readonly Second[]
}

export interface Latency {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/** What was answered within a second. */
export interface Second {
  readonly ok: number
  readonly notOk: number
  /** Of the slowest one in a hundred; null when nothing was answered. */
  readonly p99Ms: number | null
}

/** A stretch of time in which somebody said the same. */
export interface Stretch<Said extends string> {
  readonly fromMs: number
  readonly toMs: number
  readonly said: Said
}
/** `lonely primary`: not in recovery, but nobody is there to acknowledge its commits. */
export type NodeBelief = 'primary' | 'lonely primary' | 'standby' | 'silent'
export type StatusBelief = 'healthy' | 'degraded' | 'down'

/** The answer of `fleet drill run --json`, and report.json. Fields are only ever added within `version` 1. */
export interface DrillReport {
  readonly version: 1
  readonly drill: Drill
  readonly cluster: string
  readonly topology: string
  readonly folder: string
  /** ISO 8601 in UTC. */
  readonly startedAt: string
  readonly durationMs: number
  readonly verdict: Verdict
  /** Why the drill ended before its end, in words; null when it did not. */
  readonly failure: string | null
  readonly findings: readonly ReportedFinding[]
  readonly streams: readonly StreamFigures[]
  readonly healthyAgainMs: number | null
  readonly events: readonly DrillEvent[]
  readonly nodes: readonly { readonly node: string; readonly said: readonly Stretch<NodeBelief>[] }[]
  readonly status: readonly Stretch<StatusBelief>[]
}

export interface ReportedFinding extends Omit<RuleFinding, 'evidence'> {
  /** The first of them; all can be found in history.jsonl. */
  readonly evidence: readonly { readonly says: string; readonly operations: readonly Operation[] }[]
  readonly evidenceCount: number
}
