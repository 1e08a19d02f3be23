import { type Issue, type IssueKind, type IssueStatus, issueStatuses } from '@fleet/domain'
import type { Span } from '../list-page/search-parameters.ts'
import { wordsOf } from '../palette/palette-match.ts'
import { issueSearchText, type SubjectRows } from './issue-subjects.ts'

export interface IssueQuery {
  readonly search: string
  /** Empty: all. */
  readonly kinds: readonly IssueKind[]
  /** When it was reported; null: any time. */
  readonly reported: Span | null
  /** Null: whoever it is about. */
  readonly courierId: string | null
}

/**
 * The issues of each status that the query finds. What waits longest is at the top; of what is resolved, what was
 * resolved last.
 *
 * @param issues live ones first: of two with the same id the newer version counts
 */
export function createIssueColumns(
  issues: Iterable<Issue>,
  rows: SubjectRows,
  query: IssueQuery,
): Readonly<Record<IssueStatus, readonly Issue[]>> {
  const words = wordsOf(query.search)
  const newest = new Map<string, Issue>()
  for (const issue of issues)
    if ((newest.get(issue.id)?.version ?? 0) < issue.version) newest.set(issue.id, issue)
  const columns = Object.fromEntries(
    issueStatuses.map((status): [IssueStatus, Issue[]] => [status, []]),
  ) as Record<IssueStatus, Issue[]>
  for (const issue of newest.values()) {
    if (!matchesFacets(issue, query)) continue
    if (words.length > 0) {
      const text = issueSearchText(issue, rows)
      if (!words.every((word) => text.includes(word))) continue
    }
    columns[issue.status].push(issue)
  }
  columns.open.sort((a, b) => a.createdAtMs - b.createdAtMs)
  columns.in_progress.sort((a, b) => a.createdAtMs - b.createdAtMs)
  columns.resolved.sort((a, b) => b.updatedAtMs - a.updatedAtMs)
  return columns
}

function matchesFacets({ kind, courierId, createdAtMs }: Issue, query: IssueQuery): boolean {
  const { kinds, reported } = query
  return (
    (kinds.length === 0 || kinds.includes(kind)) &&
    (query.courierId === null || query.courierId === courierId) &&
    (reported === null || (createdAtMs >= reported.fromMs && createdAtMs < reported.toMs))
  )
}
