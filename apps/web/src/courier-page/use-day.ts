import { ApiError, type RouteName } from '@fleet/api'
import type { UserId } from '@fleet/domain'
import { type QueryClient, useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { amsterdamDate, amsterdamDay } from '../i18n/amsterdam-day.ts'
import { type Services, type Session, sessionKey, useServices } from '../app/services.ts'
import { type Day, dayKey, mergeDay, withAnswer } from './day.ts'
import { keepDay } from './kept-day.ts'
import { serverWords } from '../i18n/language.ts'

/** How often the page asks for what changed, while somebody looks at it: whatever is said at once, see use-day-news.ts. */
const readEveryMs = 15_000

export interface DayView {
  /** Null for an account that belongs to no courier; undefined while nothing is known. */
  readonly day: Day | null | undefined
  /** The server was out of reach when last asked. */
  readonly isOffline: boolean
  /** What the server said instead of the day. */
  readonly problem: string | null
}

/** Today's work, read again and again; what was read last is kept on the phone. */
export function useDay(): DayView {
  const { api, queries } = useServices()
  const { data, error } = useQuery({
    queryKey: dayKey,
    queryFn: ({ signal }) => readDay({ api, queries }, signal),
    // Whether there is an internet says nothing about a server in the house.
    networkMode: 'always',
    retry: false,
    staleTime: 0,
    refetchInterval: readEveryMs,
    refetchOnWindowFocus: true,
    refetchOnReconnect: true,
  })
  const problem =
    error instanceof ApiError && error.problem.status < 500 ? serverWords(error.problem.detail) : null
  return { day: data, isOffline: error !== null && problem === null, problem }
}

/** Sends what this courier did, for as long as the page is there, and takes the answers into the day. */
export function useCourierOutbox(userId: UserId | undefined): void {
  const { outbox, queries } = useServices()
  useEffect(() => {
    if (userId === undefined) return undefined
    const stop = outbox.start({
      userId,
      onAnswered: async (route, value) => takeAnswer(queries, route, value),
    })
    const wake = () => document.visibilityState === 'visible' && outbox.send()
    addEventListener('online', outbox.send)
    document.addEventListener('visibilitychange', wake)
    return () => {
      removeEventListener('online', outbox.send)
      document.removeEventListener('visibilitychange', wake)
      stop()
    }
  }, [outbox, queries, userId])
}

async function readDay(
  { api, queries }: Pick<Services, 'api' | 'queries'>,
  signal: AbortSignal,
): Promise<Day | null> {
  const session = await api.call('getSession', { signal })
  queries.setQueryData(sessionKey, session)
  const { courierId } = session.user
  if (courierId === null) return null
  const { fromMs } = amsterdamDay(amsterdamDate(Date.now()))
  const list = (query: { status?: string; endedFromMs?: number }) =>
    api.call('listDeliveries', { query: { ...query, limit: 500 }, signal })
  const [courier, active, ended] = await Promise.all([
    api.call('getCourier', { params: { id: courierId }, signal }),
    list({ status: 'assigned,picked_up' }),
    list({ endedFromMs: fromMs }),
  ])
  const read = { courier, deliveries: [...active.items, ...ended.items], readAtMs: Date.now() }
  const day = mergeDay(queries.getQueryData<Day | null>(dayKey) ?? undefined, read)
  await keep(session, day)
  return day
}

/** Resolves once the answered row is on the phone's disk: only then may the entry that asked for it go. */
async function takeAnswer(queries: QueryClient, route: RouteName, value: unknown): Promise<void> {
  const day = queries.getQueryData<Day | null>(dayKey)
  const session = queries.getQueryData<Session | null>(sessionKey)
  if (!day || !session) return
  const next = withAnswer(day, route, value)
  queries.setQueryData<Day>(dayKey, next)
  await keep(session, next)
}

/** A phone that keeps nothing still works while it has a network. */
const keep = (session: Session, day: Day): Promise<void> =>
  keepDay({ session, day }).catch((error: unknown) => console.warn(error))
