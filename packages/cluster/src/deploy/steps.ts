import type { OnDeployEvent } from './deploy-event.ts'

export interface StepResult<T> {
  readonly value: T
  /** Hosts where something was changed. */
  readonly changedHosts: readonly string[]
  /** What became of it, in a few words. */
  readonly note?: string
}

/** Tells how a step that lasts stands. */
export type StepNote = (text: string) => void

/** Steps that we take ourselves, told in the same words as Ansible's. */
export interface Steps {
  /** @throws what `work` throws, after it was told */
  take<T>(
    name: string,
    hosts: readonly string[],
    work: (note: StepNote) => Promise<StepResult<T>>,
  ): Promise<T>
  /** How many hosts were changed by all steps so far. */
  readonly changedCount: number
}

export function createSteps(onEvent: OnDeployEvent, nowMs: () => number): Steps {
  let count = 0
  let changedCount = 0
  return {
    get changedCount() {
      return changedCount
    },
    async take(name, hosts, work) {
      count += 1
      const step = `fleet-${count}`
      const startMs = nowMs()
      onEvent({ type: 'step-started', step, name })
      const done = (
        outcome: 'changed' | 'unchanged' | 'failed',
        changedHosts: readonly string[],
        note: string | null,
      ) =>
        onEvent({
          type: 'step-done',
          step,
          name,
          outcome,
          hosts,
          changedHosts,
          durationMs: nowMs() - startMs,
          note,
        })
      try {
        const {
          value,
          changedHosts,
          note = null,
        } = await work((text) => onEvent({ type: 'step-note', step, text }))
        changedCount += changedHosts.length
        done(changedHosts.length > 0 ? 'changed' : 'unchanged', changedHosts, note)
        return value
      } catch (error) {
        done('failed', [], null)
        throw error
      }
    },
  }
}
