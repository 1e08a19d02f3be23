import { unsaid } from '@fleet/api'
import { type BikeStatus, bikeStatuses } from '@fleet/domain'
import type { MarkerColumns } from '../live/marker-columns.ts'
import type { Registry } from '../live/registry.ts'
import { searchable } from '../list-page/searchable.ts'
import { bikesByNo, searchText } from './fleet-index.ts'
import type { SortOrder } from './live-search.ts'

export interface FleetQuery {
  readonly search: string
  readonly statuses: readonly BikeStatus[]
  readonly sort: SortOrder
}

export interface FleetRows {
  /** Bike numbers, in the order of the list. */
  readonly order: readonly number[]
  /** Bikes that the search finds, by status, whatever the status filter says. */
  readonly counts: Readonly<Record<BikeStatus, number>>
  readonly total: number
}

/** Searches, filters and sorts. A bike that never reported comes last by last seen, and by battery. */
export function createFleetRows(registry: Registry, markers: MarkerColumns, query: FleetQuery): FleetRows {
  const words = searchable(query.search).split(/\s+/).filter(Boolean)
  const counts = Object.fromEntries(bikeStatuses.map((status) => [status, 0])) as Record<BikeStatus, number>
  const wanted = new Set(query.statuses.length === 0 ? bikeStatuses : query.statuses)
  const found: { no: number; code: string; key: number }[] = []
  for (const bike of bikesByNo(registry.bikes).values()) {
    if (words.length > 0) {
      const text = searchText(registry, bike)
      if (!words.every((word) => text.includes(word))) continue
    }
    counts[bike.status]++
    if (wanted.has(bike.status))
      found.push({ no: bike.no, code: bike.code, key: sortKey(markers, bike.no, query.sort) })
  }
  found.sort((a, b) => a.key - b.key || (a.code < b.code ? -1 : a.code > b.code ? 1 : 0))
  return { order: found.map(({ no }) => no), counts, total: registry.bikes.size }
}

function sortKey(markers: MarkerColumns, no: number, sort: SortOrder): number {
  if (sort === 'code') return 0
  const slot = markers.slotOfNo.get(no)
  const last = Number.MAX_SAFE_INTEGER
  if (slot === undefined || markers.fixTimeMs[slot] === 0) return last
  // To ten seconds: bikes that report each second would otherwise swap places each second.
  if (sort === 'seen') return -Math.floor(markers.fixTimeMs[slot]! / 10_000)
  const battery = markers.batteryPct[slot]!
  return battery === unsaid ? last : battery
}

export function areSameRows(a: FleetRows, b: FleetRows): boolean {
  return (
    a.total === b.total &&
    a.order.length === b.order.length &&
    bikeStatuses.every((status) => a.counts[status] === b.counts[status]) &&
    a.order.every((no, i) => no === b.order[i])
  )
}
