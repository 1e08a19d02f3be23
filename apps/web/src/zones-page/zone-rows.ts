import {
  areaM2,
  type BoxedZone,
  boxZone,
  isInZone,
  type Point,
  type Zone,
  type ZoneKind,
  zoneKinds,
} from '@fleet/domain'
import type { MarkerColumns } from '../live/marker-columns.ts'
import type { Registry } from '../live/registry.ts'
import { searchable } from '../list-page/searchable.ts'
import { wordsOf } from '../palette/palette-match.ts'
import type { Sort, TableRow } from '../table/column.ts'

export interface ZoneRow extends TableRow {
  readonly zone: Zone
  /** Whose markers are in it. */
  readonly bikeCount: number
}

export interface ZoneQuery {
  readonly search: string
  /** Empty: all. */
  readonly kinds: readonly ZoneKind[]
  readonly sort: Sort
}

export const zoneSortColumns = ['name', 'kind', 'bikes'] as const
export const zonesInOrder: Sort = { column: 'name', descending: false }

export interface ZoneRows {
  readonly rows: readonly ZoneRow[]
  /** Zones that the search finds, by kind, whatever the kind filter says. */
  readonly counts: Readonly<Record<ZoneKind, number>>
}

/** Searches, filters and sorts the zones. */
export function createZoneRows(
  zones: Registry['zones'],
  bikes: ReadonlyMap<string, readonly number[]>,
  query: ZoneQuery,
): ZoneRows {
  const words = wordsOf(query.search)
  const counts = Object.fromEntries(zoneKinds.map((kind) => [kind, 0])) as Record<ZoneKind, number>
  const rows: ZoneRow[] = []
  for (const zone of zones.values()) {
    const text = searchable(zone.name)
    if (!words.every((word) => text.includes(word))) continue
    counts[zone.kind]++
    if (query.kinds.length > 0 && !query.kinds.includes(zone.kind)) continue
    rows.push({ id: zone.id, version: zone.version, zone, bikeCount: bikes.get(zone.id)?.length ?? 0 })
  }
  const { column, descending } = query.sort
  const sign = descending ? -1 : 1
  rows.sort((a, b) => sign * compare(column, a, b) || a.zone.name.localeCompare(b.zone.name))
  return { rows, counts }
}

function compare(column: string, a: ZoneRow, b: ZoneRow): number {
  if (column === 'kind') return zoneKinds.indexOf(a.zone.kind) - zoneKinds.indexOf(b.zone.kind)
  if (column === 'bikes') return a.bikeCount - b.bikeCount
  return a.zone.name.localeCompare(b.zone.name)
}

export const boxZones = (zones: Registry['zones']): readonly BoxedZone[] =>
  Array.from(zones.values(), boxZone)

/** Numbers of the bikes whose markers are in each zone; a zone without any is left out. */
export function bikesInZones(
  zones: readonly BoxedZone[],
  markers: MarkerColumns,
): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>()
  for (let slot = 0; slot < markers.size; slot++) {
    if (!markers.isPlaced(slot)) continue
    const at = { lat: markers.lat[slot]!, lon: markers.lon[slot]! }
    for (const boxed of zones) {
      if (!isInZone(at, boxed)) continue
      const bikeNos = found.get(boxed.zone.id)
      if (bikeNos === undefined) found.set(boxed.zone.id, [markers.bikeNo[slot]!])
      else bikeNos.push(markers.bikeNo[slot]!)
    }
  }
  return found
}

/** The zone at a place; of several the smallest, which the others hide least. */
export function zoneAt(at: Point, zones: readonly BoxedZone[]): Zone | null {
  let smallest: Zone | null = null
  let leastM2 = Number.POSITIVE_INFINITY
  for (const boxed of zones) {
    if (!isInZone(at, boxed)) continue
    const area = areaM2(boxed.zone.polygon)
    if (area >= leastM2) continue
    leastM2 = area
    smallest = boxed.zone
  }
  return smallest
}
