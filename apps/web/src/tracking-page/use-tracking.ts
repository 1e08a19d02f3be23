import { ApiError, type Tracking } from '@fleet/api'
import { useQuery } from '@tanstack/react-query'
import { useServices } from '../app/services.ts'

const readEveryMs = 10_000

export type TrackingView =
  | { readonly is: 'loading' }
  /** Ended, taken back, or never there: the server does not say which. */
  | { readonly is: 'gone' }
  | { readonly is: 'busy' }
  | { readonly is: 'shown'; readonly tracking: Tracking; readonly isOffline: boolean }

/** One delivery as its customer may see it, read again and again until it has ended. */
export function useTracking(token: string): TrackingView {
  const { api } = useServices()
  const { data, error } = useQuery({
    queryKey: ['tracking', token],
    queryFn: ({ signal }) => api.call('trackDelivery', { params: { token }, signal }),
    retry: (failures, cause) => !(cause instanceof ApiError && cause.problem.status < 500) && failures < 3,
    refetchInterval: ({ state }) =>
      isGone(state.error) || (state.data !== undefined && state.data.endedAtMs !== null)
        ? false
        : readEveryMs,
    // Who comes back to the page wants to know now.
    refetchOnWindowFocus: 'always',
  })
  if (isGone(error)) return { is: 'gone' }
  if (data !== undefined) return { is: 'shown', tracking: data, isOffline: error !== null }
  return { is: error instanceof ApiError && error.problem.status === 429 ? 'busy' : 'loading' }
}

/** Not there, or no token at all; anything else passes. */
const isGone = (error: Error | null): boolean =>
  error instanceof ApiError && (error.problem.status === 404 || error.problem.status === 400)
