import type { ServiceEntry } from '@fleet/domain'
import { useQuery } from '@tanstack/react-query'
import { rowsKey, useServices } from '../app/services.ts'

/** Service books are not part of the live picture: what others write shows within this time. */
const refreshMs = 60_000
const none: ReadonlyMap<string, readonly ServiceEntry[]> = new Map()
const byBike = (items: readonly ServiceEntry[]) => Map.groupBy(items, ({ bikeId }): string => bikeId)

/** What is to be done again some day, by the bike's id. */
export function useDueService(): ReadonlyMap<string, readonly ServiceEntry[]> {
  const { api } = useServices()
  const { data } = useQuery({
    queryKey: [rowsKey, 'service-due'],
    refetchInterval: refreshMs,
    queryFn: async ({ signal }) => (await api.call('listDueService', { signal })).items,
    select: byBike,
  })
  return data ?? none
}
