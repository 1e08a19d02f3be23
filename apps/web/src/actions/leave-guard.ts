import type { ActionRunner } from './action-runner.ts'

/**
 * Lets the browser ask before the page is closed while something that was asked for is on it alone. At other times it
 * does not listen: a browser keeps no page that does for the way back.
 */
export function guardLeaving(
  actions: Pick<ActionRunner, 'subscribe' | 'unkept'>,
  page: Pick<EventTarget, 'addEventListener' | 'removeEventListener'> = window,
): void {
  const ask = (event: Event) => event.preventDefault()
  actions.subscribe(() => {
    if (actions.unkept > 0) page.addEventListener('beforeunload', ask)
    else page.removeEventListener('beforeunload', ask)
  })
}
