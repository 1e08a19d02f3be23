import { useNavigate } from '@tanstack/react-router'
import { forgetKeptDay } from '../courier-page/kept-day.ts'
import { sessionKey, useServices } from './services.ts'

/** How long a sign-out waits for answers to what was asked for last. */
const patienceMs = 3_000

/** Ends the session on this screen. What waits to be sent stays on the device, for whoever did it. */
export function useSignOut(): () => Promise<void> {
  const { api, queries, actions } = useServices()
  const navigate = useNavigate()
  return async () => {
    await actions.settled(patienceMs)
    // First away from the page, so that its session's end is not taken for one that came unasked.
    await navigate({ to: '/sign-in', search: {} })
    // Out of reach or not: on this screen the person is gone. The cookie ends with the server's own deadline.
    const signedOut = api.call('signOut', {}).catch(() => undefined)
    await forgetKeptDay()
    await signedOut
    queries.clear()
    // An answer that was under way may have kept the day once more; from now on there is none to keep.
    await forgetKeptDay()
    queries.setQueryData(sessionKey, null)
  }
}
