import { mkdirSync, writeFileSync } from 'node:fs'
import { hostsWith } from '@fleet/cluster'
import type { Cast } from '../faults/cast.ts'
import { openJsonLines } from '../history/json-lines.ts'
import type { DrillEvent, Sample } from '../history/observations.ts'
import { type DrillClock, type HistoryRecorder, openRecorder } from '../history/recorder.ts'
import type { DrillSetup } from '../verdict/drill-record.ts'
import type { DrillRun } from './drill-run.ts'

/** The files of a run while they are written. */
export interface Recording {
  readonly setup: DrillSetup
  /** In the names of what the clients make. Small letters and digits. */
  readonly runId: string
  readonly clock: DrillClock
  readonly recorder: HistoryRecorder
  readonly event: (kind: DrillEvent['kind'], text: string) => void
  readonly sample: (sample: Sample) => void
  /** The history is closed by itself, in good order, before this; else it reads back as incomplete. */
  close(): void
}

/** Of those events whose text is that of a fault. */
const prefixes: Partial<Record<DrillEvent['kind'], string>> = {
  injecting: 'now',
  injected: 'done',
  healed: 'mended',
}

/** Makes the folder of a run and writes what is run on what; its clock begins now. */
export function openRecording(run: DrillRun, cast: Cast): Recording {
  const { drill, folder, lab, context, deliveries, onStep } = run
  const { operation, nowMs } = context
  mkdirSync(folder.path, { recursive: true, mode: 0o700 })
  const startMs = operation.clock.now()
  const clock: DrillClock = { elapsedMs: () => operation.clock.now() - startMs, nowMs }
  const setup: DrillSetup = {
    version: 1,
    drill,
    cluster: lab ? `the lab "${lab.places.name}"` : `the cluster ${operation.spec.name}`,
    topology: lab?.state.topology ?? 'in use',
    startedAtMs: nowMs(),
    nodes: hostsWith(operation.spec, 'postgresql').map(({ name }) => name),
    cast,
    deliveryTransitions: deliveries.transitions,
    deliveryBegins: deliveries.begin,
  }
  writeFileSync(folder.setupFile, JSON.stringify(setup, null, 2), { mode: 0o600 })
  const events = openJsonLines(folder.eventsFile)
  const samples = openJsonLines(folder.samplesFile)
  return {
    setup,
    runId: setup.startedAtMs.toString(36),
    clock,
    recorder: openRecorder(folder.historyFile, clock),
    event(kind, text) {
      const event: DrillEvent = { atMs: clock.elapsedMs(), wallMs: nowMs(), kind, text }
      events.append(event)
      onStep(kind in prefixes ? `${prefixes[kind]}: ${text}` : text)
    },
    sample: (sample) => samples.append(sample),
    close() {
      events.close()
      samples.close()
    },
  }
}
