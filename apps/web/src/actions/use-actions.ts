import { useSyncExternalStore } from 'react'
import { useServices } from '../app/services.ts'
import type { ActionRunner } from './action-runner.ts'
import type { Conflict } from './action.ts'
import type { UndoHistory } from './undo-history.ts'

/** Does what the person asks for: `await run({ route, input, done, … })`. See action.ts. */
export const useAction = (): ActionRunner['run'] => useServices().actions.run

export function useUndoHistory(): UndoHistory {
  const { actions } = useServices()
  return useSyncExternalStore(actions.subscribe, () => actions.history)
}

export function useConflict(): Conflict | null {
  const { actions } = useServices()
  return useSyncExternalStore(actions.subscribe, () => actions.conflict)
}

/** How many things were asked for, are on this page alone and have no answer yet. */
export function useUnkeptActions(): number {
  const { actions } = useServices()
  return useSyncExternalStore(actions.subscribe, () => actions.unkept)
}

/** How many things were asked for, are on disk and have no answer yet. */
export function useWaitingActions(): number {
  const { actions } = useServices()
  return useSyncExternalStore(actions.subscribe, () => actions.waiting)
}
