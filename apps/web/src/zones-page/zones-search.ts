import { zoneKinds } from '@fleet/domain'
import { definedOnly, parseChoices, textParameter } from '../list-page/search-parameters.ts'
import { parseMapView } from '../map/map-view.ts'

/** What the address says of the Zones page. */
export interface ZonesSearch {
  /** Id of the open zone. */
  readonly z?: string
  readonly q?: string
  /** Kinds shown, comma between; left out: all. */
  readonly kind?: string
  readonly sort?: string
  /** A new zone is being drawn. */
  readonly new?: '1'
  /** `zoom/lat/lon`. */
  readonly map?: string
}

/** Anything that makes no sense is dropped: an address typed by hand must never break the page. */
export function parseZonesSearch(search: Record<string, unknown>): ZonesSearch {
  const map = textParameter(search, 'map')
  return definedOnly({
    z: textParameter(search, 'z')?.toLowerCase(),
    q: textParameter(search, 'q'),
    kind: parseChoices(zoneKinds, textParameter(search, 'kind')).join(',') || undefined,
    sort: textParameter(search, 'sort'),
    new: textParameter(search, 'new') === '1' ? ('1' as const) : undefined,
    map: map === undefined || parseMapView(map) === null ? undefined : map,
  })
}
