import type { ZoneEvent, ZoneId } from '@fleet/domain'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useServices } from '../app/services.ts'
import { useConnection, useLive } from '../live/live-hooks.ts'

const pageSize = 30

/** What came and went in one zone, newest first, as it happens. */
export function useZoneEvents(zoneId: ZoneId) {
  const { api } = useServices()
  const queries = useQueryClient()
  const live = useLive()
  const { state } = useConnection()
  const [told, setTold] = useState<readonly ZoneEvent[]>([])
  const query = useInfiniteQuery({
    queryKey: ['zone-events', zoneId],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      api.call('listZoneEvents', {
        query: { zoneId, limit: pageSize, ...(pageParam === undefined ? {} : { cursor: pageParam }) },
        signal,
      }),
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  })
  useEffect(
    () =>
      live.subscribe('zoneEvents', () => {
        const here = live.zoneEvents.filter((event) => event.zoneId === zoneId)
        if (here.length > 0) setTold((before) => [...here, ...before])
      }),
    [live, zoneId],
  )
  // What happened while nothing could be told is read.
  const stateBefore = useRef(state)
  useEffect(() => {
    if (state === 'live' && stateBefore.current !== 'live')
      void queries.invalidateQueries({ queryKey: ['zone-events', zoneId] })
    stateBefore.current = state
  }, [state, queries, zoneId])
  const events = useMemo(() => {
    const byNo = new Map<number, ZoneEvent>()
    for (const event of [...told, ...(query.data?.pages.flatMap(({ items }) => items) ?? [])])
      byNo.set(event.no, event)
    return [...byNo.values()].sort((a, b) => b.timeMs - a.timeMs || b.no - a.no)
  }, [told, query.data])
  return { ...query, events }
}
