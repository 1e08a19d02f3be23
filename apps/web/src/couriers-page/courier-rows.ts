import { type Bike, type Courier, type Shift, shifts } from '@fleet/domain'
import type { MarkerColumns } from '../live/marker-columns.ts'
import type { Registry } from '../live/registry.ts'
import { searchable } from '../list-page/searchable.ts'
import { deliveriesByCourier } from '../live-page/fleet-index.ts'
import { wordsOf } from '../palette/palette-match.ts'
import type { Sort, TableRow } from '../table/column.ts'

export interface CourierRow extends TableRow {
  readonly courier: Courier
  readonly bike: Bike | null
  readonly underWayCount: number
  /** Age of the newest fix of their bike; null without one. */
  readonly ageMs: number | null
}

export interface CourierQuery {
  readonly search: string
  /** Empty: all. */
  readonly shifts: readonly Shift[]
  readonly sort: Sort
}

export const courierSortColumns = ['name', 'shift', 'bike', 'underWay', 'seen'] as const
type CourierSortColumn = (typeof courierSortColumns)[number]
export const couriersInOrder: Sort = { column: 'name', descending: false }

/** On the road first, at home last. */
const shiftOrder: readonly Shift[] = ['on', 'break', 'off']

export interface CourierRows {
  readonly rows: readonly CourierRow[]
  /** Couriers that the search finds, by shift, whatever the shift filter says. */
  readonly counts: Readonly<Record<Shift, number>>
}

/** Searches, filters and sorts couriers; what is not there comes last either way. */
export function createCourierRows(
  registry: Registry,
  markers: MarkerColumns,
  query: CourierQuery,
  nowMs: number,
): CourierRows {
  const words = wordsOf(query.search)
  const underWay = deliveriesByCourier(registry.deliveries)
  const counts = Object.fromEntries(shifts.map((shift) => [shift, 0])) as Record<Shift, number>
  const rows: CourierRow[] = []
  for (const courier of registry.couriers.values()) {
    const bike = courier.bikeId === null ? null : (registry.bikes.get(courier.bikeId) ?? null)
    if (words.length > 0) {
      const text = searchable(
        [courier.name, courier.phone, courier.phone.replace(/[^\d+]/g, ''), bike?.code ?? ''].join('\n'),
      )
      if (!words.every((word) => text.includes(word))) continue
    }
    counts[courier.shift]++
    if (query.shifts.length > 0 && !query.shifts.includes(courier.shift)) continue
    const slot = bike === null ? undefined : markers.slotOfNo.get(bike.no)
    const fixMs = slot === undefined ? 0 : markers.fixTimeMs[slot]!
    rows.push({
      id: courier.id,
      version: courier.version,
      courier,
      bike,
      underWayCount: underWay.get(courier.id)?.length ?? 0,
      ageMs: fixMs === 0 ? null : Math.max(0, nowMs - fixMs),
    })
  }
  const { column, descending } = query.sort
  const key = sortKeys[column as CourierSortColumn] ?? sortKeys.name
  rows.sort((a, b) => compareKeys(key(a), key(b), descending) || a.courier.name.localeCompare(b.courier.name))
  return { rows, counts }
}

const sortKeys: Readonly<Record<CourierSortColumn, (row: CourierRow) => string | number | null>> = {
  name: ({ courier }) => courier.name,
  shift: ({ courier }) => shiftOrder.indexOf(courier.shift),
  bike: ({ bike }) => bike?.code ?? null,
  underWay: ({ underWayCount }) => underWayCount,
  // To ten seconds: couriers who report each second would otherwise swap places each second.
  seen: ({ ageMs }) => (ageMs === null ? null : Math.floor(ageMs / 10_000)),
}

function compareKeys(a: string | number | null, b: string | number | null, descending: boolean): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  const order = typeof a === 'string' ? a.localeCompare(String(b)) : a - Number(b)
  return descending ? -order : order
}
