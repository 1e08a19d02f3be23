import type { CallOutput } from '@fleet/api'
import type { Issue } from '@fleet/domain'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { rowsKey, useServices } from '../app/services.ts'
import { useRegistry } from '../live/live-hooks.ts'
import type { Span } from '../list-page/search-parameters.ts'

/** Older ones are found by searching. */
const mostResolved = 200

/** A year of a large fleet; nobody looks through more. */
const mostPages = 20

export interface ResolvedQuery {
  readonly search: string
  /** With a span all of it is read, so that its issues can be counted. */
  readonly reported: Span | null
  readonly courierId: string | null
}

/** Everything live, and of what was resolved the newest, or those that the query finds. */
export function useIssues({ search, reported, courierId }: ResolvedQuery): {
  readonly issues: readonly Issue[]
  readonly loading: boolean
} {
  const { api } = useServices()
  const { issues: live } = useRegistry(250)
  const { data, isPending } = useQuery({
    queryKey: [rowsKey, 'issues-resolved', search, reported, courierId],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const query = {
        status: 'resolved',
        limit: reported === null ? mostResolved : 500,
        ...(search === '' ? {} : { search: search.slice(0, 100) }),
        ...reported,
        ...(courierId === null ? {} : { courierId }),
      }
      const items: Issue[] = []
      let cursor: string | null = null
      for (let page = 0; page < (reported === null ? 1 : mostPages); page++) {
        const read: CallOutput<'listIssues'> = await api.call('listIssues', {
          query: cursor === null ? query : { ...query, cursor },
          signal,
        })
        items.push(...read.items)
        cursor = read.nextCursor
        if (cursor === null) break
      }
      return items
    },
  })
  const issues = useMemo(() => [...live.values(), ...(data ?? [])], [live, data])
  return { issues, loading: isPending }
}

/**
 * @returns undefined while it is being looked up, null when there is none
 */
export function useIssue(id: string | undefined, issues: readonly Issue[]): Issue | null | undefined {
  const { api } = useServices()
  const known = useMemo(
    () =>
      issues.reduce<Issue | undefined>(
        (best, issue) => (issue.id === id && issue.version > (best?.version ?? 0) ? issue : best),
        undefined,
      ),
    [issues, id],
  )
  const { data, isPending, isError } = useQuery({
    queryKey: [rowsKey, 'issue', id],
    enabled: id !== undefined && known === undefined,
    queryFn: ({ signal }) => api.call('getIssue', { params: { id: id! }, signal }),
  })
  if (id === undefined || isError) return known ?? null
  return known ?? (isPending ? undefined : (data ?? null))
}
