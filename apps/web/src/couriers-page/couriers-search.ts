import { shifts } from '@fleet/domain'
import { definedOnly, parseChoices, textParameter } from '../list-page/search-parameters.ts'

/** What the address says of the Couriers page. */
export interface CouriersSearch {
  /** Number of the open courier. */
  readonly c?: string
  readonly q?: string
  /** Shifts shown, comma between; left out: all. */
  readonly shift?: string
  readonly sort?: string
  /** The form for a new courier is open. */
  readonly new?: '1'
}

/** Anything that makes no sense is dropped: an address typed by hand must never break the page. */
export function parseCouriersSearch(search: Record<string, unknown>): CouriersSearch {
  const no = textParameter(search, 'c')
  return definedOnly({
    c: no !== undefined && /^\d{1,9}$/.test(no) ? no : undefined,
    q: textParameter(search, 'q'),
    shift: parseChoices(shifts, textParameter(search, 'shift')).join(',') || undefined,
    sort: textParameter(search, 'sort'),
    new: textParameter(search, 'new') === '1' ? ('1' as const) : undefined,
  })
}
