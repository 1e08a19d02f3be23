import { type BikeStatus, bikeStatuses } from '@fleet/domain'
import { parseMapView } from '../map/map-view.ts'

export const sortOrders = ['code', 'seen', 'battery'] as const
export type SortOrder = (typeof sortOrders)[number]

/** What the address says of the Live page: enough to show a colleague the same screen. */
export interface LiveSearch {
  /** Code of the selected bike. */
  readonly bike?: string
  readonly q?: string
  /** Statuses shown, comma between; left out: all. */
  readonly status?: string
  readonly sort?: Exclude<SortOrder, 'code'>
  readonly follow?: '1'
  /** `zoom/lat/lon`. */
  readonly map?: string
}

/** Anything that makes no sense is dropped: an address typed by hand must never break the page. */
export function parseLiveSearch(search: Record<string, unknown>): LiveSearch {
  const text = (key: string) =>
    typeof search[key] === 'string' && search[key] !== '' ? search[key] : undefined
  const bike = text('bike')
  const q = text('q')
  const statuses = parseStatuses(text('status'))
  const sort = text('sort')
  const map = text('map')
  return {
    ...(bike === undefined ? {} : { bike: bike.toUpperCase() }),
    ...(q === undefined ? {} : { q }),
    ...(statuses.length === 0 || statuses.length === bikeStatuses.length
      ? {}
      : { status: statuses.join(',') }),
    ...(sort === 'seen' || sort === 'battery' ? { sort } : {}),
    ...(text('follow') === '1' && bike !== undefined ? { follow: '1' as const } : {}),
    ...(map === undefined || parseMapView(map) === null ? {} : { map }),
  }
}

/** In the order of bikeStatuses, each once. */
export function parseStatuses(text: string | undefined): BikeStatus[] {
  const named = text?.split(',') ?? []
  return bikeStatuses.filter((status) => named.includes(status))
}

/** The filter with one status turned on or off. Every status and none are the same: no filter. */
export function toggleStatus(text: string | undefined, status: BikeStatus): string | undefined {
  const on = parseStatuses(text)
  const next = on.includes(status) ? on.filter((other) => other !== status) : [...on, status]
  return next.length === 0 || next.length === bikeStatuses.length ? undefined : next.join(',')
}
