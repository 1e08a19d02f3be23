import type { AnsibleEvent, ModuleReport } from './ansible-event.ts'
import type { OnDeployEvent, StepOutcome } from './deploy-event.ts'

/** Why a playbook ended early. */
export interface StepFailure {
  readonly host: string
  readonly step: string
  readonly message: string
  readonly unreachable: boolean
}

interface OpenStep {
  readonly id: string
  readonly name: string
  readonly startMs: number
  /** Hosts that are at it. */
  readonly busy: Set<string>
  readonly outcomes: Map<string, StepOutcome>
}

export interface StepTracker {
  take(event: AnsibleEvent): void
  /** Closes the step that is open: also when the playbook died. */
  end(): void
  readonly failures: readonly StepFailure[]
  /** What our modules said, by the step's name and then by host; the last word of each counts. */
  readonly reports: ReadonlyMap<string, ReadonlyMap<string, ModuleReport>>
  readonly changedCount: number
}

const outcomes: Readonly<Record<(AnsibleEvent & { event: 'result' })['outcome'], StepOutcome>> = {
  ok: 'unchanged',
  changed: 'changed',
  skipped: 'skipped',
  failed: 'failed',
  ignored: 'unchanged',
  unreachable: 'failed',
}

/**
 * Turns what Ansible says into steps. A task runs on its hosts at once and ends when the next begins. Whether
 * a task's condition holds anywhere is known only at its end: then it is `skipped`, and was nothing to tell of.
 */
export function createStepTracker(onEvent: OnDeployEvent, nowMs: () => number): StepTracker {
  const failures: StepFailure[] = []
  const reports = new Map<string, Map<string, ModuleReport>>()
  let count = 0
  let changedCount = 0
  let open: OpenStep | null = null

  const close = () => {
    if (!open) return
    const { id, name, startMs, outcomes: byHost } = open
    open = null
    const hosts = [...byHost].filter(([, outcome]) => outcome !== 'skipped').map(([host]) => host)
    const changedHosts = hosts.filter((host) => byHost.get(host) === 'changed')
    const all = new Set(byHost.values())
    const outcome: StepOutcome = all.has('failed')
      ? 'failed'
      : all.has('changed')
        ? 'changed'
        : all.has('unchanged')
          ? 'unchanged'
          : 'skipped'
    onEvent({
      type: 'step-done',
      step: id,
      name,
      outcome,
      hosts,
      changedHosts,
      durationMs: nowMs() - startMs,
      note: null,
    })
  }

  return {
    failures,
    reports,
    get changedCount() {
      return changedCount
    },
    take(event) {
      if (event.event === 'play' || event.event === 'end') {
        close()
        return
      }
      if (event.event === 'task') {
        close()
        count += 1
        open = {
          id: `ansible-${count}`,
          name: event.name,
          startMs: nowMs(),
          busy: new Set(),
          outcomes: new Map(),
        }
        onEvent({ type: 'step-started', step: open.id, name: open.name })
        return
      }
      if (!open) throw new Error(`What ${event.host} does belongs to no task.`)
      if (event.event === 'start') open.busy.add(event.host)
      else open.busy.delete(event.host)
      onEvent({ type: 'step-note', step: open.id, text: [...open.busy].join(', ') })
      if (event.event === 'start') return
      const outcome = outcomes[event.outcome]
      open.outcomes.set(event.host, outcome)
      if (outcome === 'skipped') return
      if (outcome === 'changed') changedCount += 1
      const message = event.message ?? null
      onEvent({
        type: 'host-done',
        step: open.id,
        host: event.host,
        outcome,
        durationMs: event.durationMs,
        message,
      })
      const ofStep = reports.get(open.name) ?? new Map<string, ModuleReport>()
      reports.set(open.name, ofStep.set(event.host, event.report))
      if (outcome === 'failed')
        failures.push({
          host: event.host,
          step: open.name,
          message: message ?? 'It gave no reason.',
          unreachable: event.outcome === 'unreachable',
        })
    },
    end: close,
  }
}
