import { issueKinds } from '@fleet/domain'
import { definedOnly, parseChoices, parseSpan, textParameter } from '../list-page/search-parameters.ts'

/** What the address says of the Issues page. */
export interface IssuesSearch {
  /** Id of the open issue. */
  readonly i?: string
  readonly q?: string
  /** Kinds shown, comma between; left out: all. */
  readonly kind?: string
  /** When it was reported, see `parseSpan`. */
  readonly reported?: string
  /** The number of the courier whom it is about. */
  readonly courier?: string
  /** The form for a new issue is open. */
  readonly new?: '1'
  /** What the new issue is about: the code of a bike. */
  readonly bike?: string
}

/** Anything that makes no sense is dropped: an address typed by hand must never break the page. */
export function parseIssuesSearch(search: Record<string, unknown>): IssuesSearch {
  const isNew = textParameter(search, 'new') === '1'
  const id = textParameter(search, 'i')?.toLowerCase()
  const reported = textParameter(search, 'reported')
  const courier = textParameter(search, 'courier')
  return definedOnly({
    i: id !== undefined && /^[0-9a-f-]{36}$/.test(id) ? id : undefined,
    q: textParameter(search, 'q'),
    kind: parseChoices(issueKinds, textParameter(search, 'kind')).join(',') || undefined,
    reported: parseSpan(reported) === null ? undefined : reported,
    courier: courier !== undefined && /^\d{1,9}$/.test(courier) ? courier : undefined,
    new: isNew ? ('1' as const) : undefined,
    bike: isNew ? textParameter(search, 'bike')?.toUpperCase() : undefined,
  })
}
