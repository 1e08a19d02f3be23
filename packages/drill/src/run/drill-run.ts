import type { ClusterContext, Lab } from '@fleet/lab'
import type { TransitionTable } from '../checkers/transitions.ts'
import type { Drill } from '../drills/drill.ts'
import type { DrillFolder } from '../history/drill-folder.ts'

/** What a drill is run with. */
export interface DrillRun {
  readonly drill: Drill
  readonly folder: DrillFolder
  /** Null: a cluster in use, on which only what needs nothing of a lab is run, without the app. */
  readonly lab: Lab | null
  readonly context: ClusterContext
  /** The words that run `fleet serve --json`, and how it reaches the cluster. */
  readonly app: {
    readonly command: readonly string[]
    readonly env: Readonly<Record<string, string | undefined>>
  }
  /** How deliveries may move from state to state, and where they begin. */
  readonly deliveries: { readonly transitions: TransitionTable; readonly begin: string }
  /** For who watches: what is done now, in words. */
  readonly onStep: (text: string) => void
}
