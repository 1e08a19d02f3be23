import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useServices } from '../app/services.ts'
import { ReplayLog } from './replay-log.ts'
import type { Window } from './replay-search.ts'

/** As many as a strip has room for; shorter parts than this say nothing of a tracker that speaks twice a minute. */
const mostSlots = 160
const shortestSlotMs = 30_000

/** What is shown beside the tracks: how much went on, and what happened. */
export function useReplayData({ fromMs, toMs }: Window, bikeNos: readonly number[] | null) {
  const { api } = useServices()
  const enabled = fromMs < toMs
  const slots = Math.max(1, Math.min(mostSlots, Math.floor((toMs - fromMs) / shortestSlotMs)))
  const named = bikeNos === null ? {} : { bikeNos: bikeNos.join(',') }
  const activity = useQuery({
    queryKey: ['replay-activity', fromMs, toMs, named.bikeNos],
    enabled,
    queryFn: ({ signal }) => api.call('replayActivity', { query: { fromMs, toMs, slots, ...named }, signal }),
  })
  const events = useQuery({
    queryKey: ['replay-events', fromMs, toMs],
    enabled,
    queryFn: ({ signal }) => api.call('replayEvents', { query: { fromMs, toMs }, signal }),
  })
  const log = useMemo(() => (events.data === undefined ? null : new ReplayLog(events.data)), [events.data])
  return {
    /** How many bikes moved in each of equal parts of the window; null while nobody knows. */
    moving: activity.data?.moving ?? null,
    log,
    failed: activity.isError || events.isError,
    retry: () => {
      if (activity.isError) void activity.refetch()
      if (events.isError) void events.refetch()
    },
  }
}
