import {
  type Courier,
  type CourierId,
  type Delivery,
  deliverySizes,
  type DeliveryStatus,
  deliveryStatuses,
  districtOf,
  endedAtMs,
  priorities,
} from '@fleet/domain'
import { amsterdamDay } from '../i18n/amsterdam-day.ts'
import { searchable } from '../list-page/searchable.ts'
import { parseSpan, type Span } from '../list-page/search-parameters.ts'
import type { Sort } from '../table/column.ts'
import { type DeliveriesSearch, outsideDistricts, parseDeliveryStatuses } from './deliveries-search.ts'

/** Which deliveries are asked for. A value; equal queries have equal JSON. */
export interface DeliveryQuery {
  readonly search: string
  /** Empty: every status. */
  readonly statuses: readonly DeliveryStatus[]
  /** null: whoever has it; `none`: nobody has it. */
  readonly courierId: CourierId | 'none' | null
  /** The drop-off's window touches this time; null: any time. */
  readonly window: Span | null
  /** When it came to its end; null: any time, or not yet. */
  readonly ended: Span | null
  /** Of those that ended: after the promised window was over, or before. */
  readonly late: boolean | null
  /** Of the drop-off; '' outside of the city. */
  readonly district: string | null
}

export function createDeliveryQuery(
  search: Pick<DeliveriesSearch, 'q' | 'status' | 'courier' | 'ended' | 'late' | 'district'> & {
    readonly day: string
  },
  courierByNo: (no: number) => Courier | undefined,
): DeliveryQuery {
  const { q = '', courier, day } = search
  return {
    search: q.trim(),
    statuses: parseDeliveryStatuses(search.status),
    courierId:
      courier === undefined ? null : courier === 'none' ? 'none' : (courierByNo(Number(courier))?.id ?? null),
    window: day === 'all' ? null : amsterdamDay(day),
    ended: parseSpan(search.ended),
    late: search.late === undefined ? null : search.late === 'true',
    district: search.district === outsideDistricts ? '' : (search.district ?? null),
  }
}

/** Whether the promise touches this time. */
export function isPromisedIn({ dropoff }: Delivery, window: Span | null): boolean {
  return window === null || (dropoff.window.toMs >= window.fromMs && dropoff.window.fromMs < window.toMs)
}

/** Everything but the text, which the server compares. */
export function matchesFacets(delivery: Delivery, query: DeliveryQuery): boolean {
  const { statuses, courierId } = query
  if (statuses.length > 0 && !statuses.includes(delivery.status)) return false
  if (
    courierId === 'none'
      ? delivery.courierId !== null
      : courierId !== null && delivery.courierId !== courierId
  )
    return false
  return (
    isPromisedIn(delivery, query.window) &&
    ((query.ended === null && query.late === null) || matchesEnd(delivery, query)) &&
    (query.district === null || districtOf(delivery.dropoff.point) === query.district)
  )
}

function matchesEnd(delivery: Delivery, { ended, late }: Pick<DeliveryQuery, 'ended' | 'late'>): boolean {
  const atMs = endedAtMs(delivery)
  return (
    atMs !== null &&
    (ended === null || (atMs >= ended.fromMs && atMs < ended.toMs)) &&
    (late === null || atMs > delivery.dropoff.window.toMs === late)
  )
}

/** Whether whatever `query` finds is among what `wider` finds: then nobody needs to ask the server. */
export function isNarrower(query: DeliveryQuery, wider: DeliveryQuery): boolean {
  return (
    query.search === wider.search &&
    (wider.statuses.length === 0 ||
      (query.statuses.length > 0 && query.statuses.every((status) => wider.statuses.includes(status)))) &&
    (wider.courierId === null || wider.courierId === query.courierId) &&
    isWithin(query.window, wider.window) &&
    isWithin(query.ended, wider.ended) &&
    (wider.late === null || wider.late === query.late) &&
    (wider.district === null || wider.district === query.district)
  )
}

const isWithin = (span: Span | null, wider: Span | null): boolean =>
  wider === null || (span !== null && wider.fromMs <= span.fromMs && wider.toMs >= span.toMs)

/** The same fields as the server's search looks at. */
export function matchesText(delivery: Delivery, words: readonly string[]): boolean {
  if (words.length === 0) return true
  const { code, pickup, dropoff, failureReason, complaint } = delivery
  const text = searchable(
    [
      code,
      pickup.address,
      pickup.contact,
      pickup.note,
      dropoff.address,
      dropoff.contact,
      dropoff.note,
      failureReason ?? '',
      complaint ?? '',
    ].join('\n'),
  )
  return words.every((word) => text.includes(word))
}

export const deliverySortColumns = [
  'code',
  'status',
  'priority',
  'window',
  'pickup',
  'dropoff',
  'courier',
  'size',
] as const
export type DeliverySortColumn = (typeof deliverySortColumns)[number]

/** How the server lists: newest first. In any other order everything has to be read first. */
export const serverSort: Sort = { column: 'code', descending: true }
export const isServerSort = (sort: Sort): boolean => sort.column === serverSort.column && sort.descending

/** One order of the list. Keys are worked out once a row: folding a hundred thousand addresses takes a while. */
export interface DeliveryOrder {
  readonly compare: (a: Delivery, b: Delivery) => number
  /** A sorted copy. */
  readonly sort: (rows: readonly Delivery[]) => readonly Delivery[]
}

type SortKey = number | string

/** @param courierName by id; '' for nobody, who comes first */
export function createDeliveryOrder(
  sort: Sort,
  courierName: (courierId: string | null) => string,
): DeliveryOrder {
  const by: Record<DeliverySortColumn, (delivery: Delivery) => SortKey> = {
    code: () => 0,
    status: ({ status }) => deliveryStatuses.indexOf(status),
    priority: ({ priority }) => priorities.indexOf(priority),
    window: ({ dropoff }) => dropoff.window.toMs,
    pickup: ({ pickup }) => searchable(pickup.address),
    dropoff: ({ dropoff }) => searchable(dropoff.address),
    courier: ({ courierId }) => searchable(courierName(courierId)),
    size: ({ size }) => deliverySizes.indexOf(size),
  }
  const keyFrom = by[sort.column as DeliverySortColumn] ?? by.code
  const keys = new WeakMap<Delivery, SortKey>()
  const keyOf = (delivery: Delivery): SortKey => {
    let key = keys.get(delivery)
    if (key === undefined) {
      key = keyFrom(delivery)
      keys.set(delivery, key)
    }
    return key
  }
  const turn = sort.descending ? -1 : 1
  // Newest first among equals, as the server lists; by code alone in the order asked for.
  const ageTurn = sort.column === 'code' ? turn : -1
  const compareKeyed = (left: SortKey, a: Delivery, right: SortKey, b: Delivery): number =>
    left === right ? ageTurn * byAge(a, b) : left < right ? -turn : turn
  return {
    compare: (a, b) => compareKeyed(keyOf(a), a, keyOf(b), b),
    sort: (rows) =>
      rows
        .map((row) => ({ key: keyOf(row), row }))
        .sort((a, b) => compareKeyed(a.key, a.row, b.key, b.row))
        .map(({ row }) => row),
  }
}

const byAge = (a: Delivery, b: Delivery): number =>
  a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
