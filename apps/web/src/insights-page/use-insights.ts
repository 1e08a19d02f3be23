import type { InsightGroup } from '@fleet/domain'
import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { rowsKey, useServices } from '../app/services.ts'
import type { Span } from '../list-page/search-parameters.ts'
import type { Insights } from './figures.ts'

/** What was counted; null for no span: then nothing is asked. What was shown before stays until the answer is there. */
export function useInsights(span: Span | null, by: InsightGroup): UseQueryResult<Insights> {
  const { api } = useServices()
  const { fromMs, toMs } = span ?? { fromMs: 0, toMs: 0 }
  return useQuery({
    queryKey: [rowsKey, 'insights', by, fromMs, toMs],
    enabled: span !== null,
    // Rows of couriers are none of hours.
    placeholderData: (shown, query) => (query?.queryKey[2] === by ? shown : undefined),
    queryFn: ({ signal }) => api.call('insights', { query: { fromMs, toMs, by }, signal }),
  })
}
