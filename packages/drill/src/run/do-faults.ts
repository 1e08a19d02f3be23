import type { Drill, Step } from '../drills/drill.ts'
import { nameInCast } from '../faults/cast.ts'
import { describeFault } from '../faults/fault.ts'
import { type FaultContext, type Heal, inject } from '../faults/inject.ts'
import type { DrillEvent } from '../history/observations.ts'
import { doAll, untilAllEnded } from './do-all.ts'
import { createTimetable } from './timetable.ts'

/** Faults under way. */
export interface FaultRun {
  /** Does all that the drill asks for, each at its time; a step that takes longer delays those after it. */
  readonly run: () => Promise<void>
  /** Takes back what is still to be taken back, the last first; one that fails keeps none after it. */
  readonly healAll: () => Promise<void>
}

/**
 * @param onEvent is called before and after each fault, so that a record shows also one that was never finished
 */
export function createFaultRun(
  drill: Drill,
  context: FaultContext,
  onEvent: (kind: DrillEvent['kind'], text: string) => void,
  doFault: typeof inject = inject,
): FaultRun {
  const { clock, signal } = context.operation
  const open = new Map<Step, Heal>()
  const inWords = ({ fault }: Step) => describeFault(fault, nameInCast(context.cast))

  async function injectStep(step: Step): Promise<void> {
    onEvent('injecting', inWords(step))
    const heal = await doFault(step.fault, context)
    if (heal) open.set(step, heal)
    onEvent('injected', inWords(step))
  }

  async function healStep(step: Step): Promise<void> {
    const heal = open.get(step)
    if (!heal) return
    await heal()
    open.delete(step)
    onEvent('healed', inWords(step))
  }

  return {
    async run() {
      const startMs = clock.now()
      for (const { atS, inject, heal } of createTimetable(drill.steps)) {
        await clock.sleep(Math.max(0, startMs + atS * 1_000 - clock.now()), signal)
        await untilAllEnded(heal.map(healStep))
        await untilAllEnded(inject.map(injectStep))
      }
    },
    async healAll() {
      await doAll([...open.keys()].toReversed().map((step) => () => healStep(step)))
    },
  }
}
