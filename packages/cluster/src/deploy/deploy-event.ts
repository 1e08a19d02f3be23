/** What a step did on a host. `unchanged`: it was in order already. */
export type StepOutcome = 'changed' | 'unchanged' | 'skipped' | 'failed'

/**
 * What happens during a deploy, as it happens. A step is one thing done on one or more hosts at once; its id is
 * unique in the run, its name is not: restarting one host after another is the same step several times.
 */
export type DeployEvent =
  /** What is about to be done, a line each; before anything is changed. */
  | { readonly type: 'plan'; readonly lines: readonly string[] }
  | { readonly type: 'step-started'; readonly step: string; readonly name: string }
  /** How a step that lasts stands now. */
  | { readonly type: 'step-note'; readonly step: string; readonly text: string }
  | {
      readonly type: 'host-done'
      readonly step: string
      readonly host: string
      readonly outcome: StepOutcome
      readonly durationMs: number
      /** Why it failed; null otherwise. */
      readonly message: string | null
    }
  | {
      readonly type: 'step-done'
      readonly step: string
      readonly name: string
      /** `skipped` when there was nothing to do on any host. */
      readonly outcome: StepOutcome
      /** Hosts that took part. */
      readonly hosts: readonly string[]
      /** Those of them where something changed. */
      readonly changedHosts: readonly string[]
      readonly durationMs: number
      /** What became of it, when there is more to say than the name. */
      readonly note: string | null
    }

export type OnDeployEvent = (event: DeployEvent) => void
