import { readFileSync } from 'node:fs'
import type { TransitionTable } from '../checkers/transitions.ts'
import type { Drill, WorkloadName } from '../drills/drill.ts'
import type { Cast } from '../faults/cast.ts'
import type { DrillFolder } from '../history/drill-folder.ts'
import { readJsonLines } from '../history/json-lines.ts'
import type { DrillEvent, NodeSample, Sample, StatusSample } from '../history/observations.ts'
import type { Operation } from '../history/operation.ts'
import { type History, readHistory } from '../history/read-history.ts'

/** What was run on what: the first thing that is written of a run. */
export interface DrillSetup {
  readonly version: 1
  /** As it was when it ran, so that a report stays true when the drill is changed. */
  readonly drill: Drill
  /** `the lab "lab" (small)`, `the cluster bike-fleet`. */
  readonly cluster: string
  readonly topology: string
  readonly startedAtMs: number
  /** All database nodes. */
  readonly nodes: readonly string[]
  readonly cast: Cast
  /** How deliveries may move from state to state, and where they begin. */
  readonly deliveryTransitions: TransitionTable
  readonly deliveryBegins: string
}

/** Everything that a run left behind, read back. */
export interface DrillRecord {
  readonly setup: DrillSetup
  readonly history: History
  readonly nodes: readonly NodeSample[]
  readonly statuses: readonly StatusSample[]
  readonly events: readonly DrillEvent[]
  /** Why something may be missing; null when the run was recorded to its end. */
  readonly incomplete: string | null
}

/** @throws ClusterError drill_failed when the files are not those of a drill */
export function readRecord(folder: DrillFolder): DrillRecord {
  const setup = JSON.parse(readFileSync(folder.setupFile, 'utf8')) as DrillSetup
  const history = readHistory(folder.historyFile)
  const samples = readJsonLines(folder.samplesFile)
  const events = readJsonLines(folder.eventsFile)
  const seen = samples.lines as readonly Sample[]
  return {
    setup,
    history,
    nodes: seen.filter((sample) => sample.type === 'node'),
    statuses: seen.filter((sample) => sample.type === 'status'),
    events: events.lines as readonly DrillEvent[],
    incomplete:
      history.incomplete ??
      (samples.torn || events.torn ? 'The drill died while it wrote what it saw.' : null),
  }
}

export const operationsOf = (
  { history }: DrillRecord,
  ...names: readonly WorkloadName[]
): readonly Operation[] =>
  history.operations.filter(({ workload }) => (names as readonly string[]).includes(workload))
