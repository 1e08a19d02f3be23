import { definedOnly, textParameter } from '../list-page/search-parameters.ts'

/** What the address says of the page of people and trackers. */
export interface PeopleSearch {
  /** Left out: accounts, for whoever may see them. */
  readonly tab?: 'trackers'
  /** Name of the open account, or number of the open tracker. */
  readonly o?: string
  readonly q?: string
  readonly sort?: string
  /** The form for a new account or tracker is open. */
  readonly new?: '1'
}

/** Anything that makes no sense is dropped: an address typed by hand must never break the page. */
export function parsePeopleSearch(search: Record<string, unknown>): PeopleSearch {
  return definedOnly({
    tab: textParameter(search, 'tab') === 'trackers' ? ('trackers' as const) : undefined,
    o: textParameter(search, 'o'),
    q: textParameter(search, 'q'),
    sort: textParameter(search, 'sort'),
    new: textParameter(search, 'new') === '1' ? ('1' as const) : undefined,
  })
}
