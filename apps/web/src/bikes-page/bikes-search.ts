import { bikeKinds, bikeStatuses } from '@fleet/domain'
import { definedOnly, parseChoices, textParameter } from '../list-page/search-parameters.ts'
import { dues } from './service-due.ts'

/** What the address says of the Bikes page. */
export interface BikesSearch {
  /** Code of the open bike. */
  readonly b?: string
  readonly q?: string
  /** Statuses shown, comma between; left out: all. */
  readonly status?: string
  readonly kind?: string
  /** How soon service is due, comma between. */
  readonly service?: string
  readonly sort?: string
  /** The form for a new bike is open. */
  readonly new?: '1'
}

/** Anything that makes no sense is dropped: an address typed by hand must never break the page. */
export function parseBikesSearch(search: Record<string, unknown>): BikesSearch {
  return definedOnly({
    b: textParameter(search, 'b')?.toUpperCase(),
    q: textParameter(search, 'q'),
    status: parseChoices(bikeStatuses, textParameter(search, 'status')).join(',') || undefined,
    kind: parseChoices(bikeKinds, textParameter(search, 'kind')).join(',') || undefined,
    service: parseChoices(dues, textParameter(search, 'service')).join(',') || undefined,
    sort: textParameter(search, 'sort'),
    new: textParameter(search, 'new') === '1' ? ('1' as const) : undefined,
  })
}
