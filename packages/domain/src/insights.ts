import { carriedSpans, workedSpans, type CarriedParcel, type CourierSpan } from './courier-spans.ts'
import type { CourierState } from './courier-shifts.ts'
import type { DeliveryStatus } from './delivery.ts'
import type { CourierId } from './ids.ts'

/** What is counted of a delivery that came to its end. */
export interface EndedDelivery {
  readonly status: DeliveryStatus
  readonly courierId: CourierId | null
  readonly endedAtMs: number
  /** The end of the promised window. */
  readonly dueMs: number
  readonly district: string
  readonly rideM: number
}

/** What is counted of an issue. */
export interface ReportedIssue<Kind extends string = string> {
  readonly kind: Kind
  readonly reportedAtMs: number
  readonly courierId: CourierId | null
}

export const insightGroups = ['hour', 'day', 'courier', 'district'] as const
export type InsightGroup = (typeof insightGroups)[number]

export interface Figures {
  readonly delivered: number
  /** Of those delivered: before the promised window was over. */
  readonly onTime: number
  readonly failed: number
  readonly cancelled: number
  /** Of those delivered, 0 to 1; null when none was. */
  readonly onTimeShare: number | null
  /** From pickup to dropoff over all delivered, by street, roughly; not the way between them. */
  readonly rideM: number
  /** At work, breaks not counted; null where the group is not of couriers or of time. */
  readonly workedMs: number | null
  /** With a parcel in the bag. */
  readonly busyMs: number
  /** `busyMs` of `workedMs`, 0 to 1; null when nobody worked, or it cannot be said. */
  readonly utilisation: number | null
  /**
   * Delivered for each hour: of the span as far as it has passed, for a courier of those at work. Null when there was no
   * such time, and where the group is an hour, which says it itself.
   */
  readonly perHour: number | null
  /** Issues reported; null where the group is a district, of which an issue knows nothing. */
  readonly issues: number | null
}

export interface InsightRow extends Figures {
  /** The courier's id, the district, or the beginning of the hour or day as epoch ms in decimals. */
  readonly key: string
  /** The span that is counted here. */
  readonly fromMs: number
  readonly toMs: number
}

export interface InsightInput {
  /** Those that ended within the span. */
  readonly deliveries: readonly EndedDelivery[]
  /** Those that were in somebody's bag within the span, whenever they ended. */
  readonly carried: readonly CarriedParcel[]
  /** Oldest first for each courier; the first may be from before the span. */
  readonly states: ReadonlyMap<CourierId, readonly CourierState[]>
  /** Those that were reported within the span. */
  readonly issues: readonly ReportedIssue[]
  readonly fromMs: number
  readonly toMs: number
  /** Nobody has worked after this. */
  readonly nowMs: number
  readonly by: InsightGroup
  /** When an hour or day begins and ends in Amsterdam, epoch ms. Called with times of the span. */
  readonly spanOf: (by: 'hour' | 'day', timeMs: number) => { readonly fromMs: number; readonly toMs: number }
}

interface Group {
  readonly key: string
  readonly fromMs: number
  readonly toMs: number
  readonly deliveries: EndedDelivery[]
  workedMs: number
  busyMs: number
  issues: number
}

/** The figures of all groups, and of all together. */
export function countInsights(input: InsightInput): {
  readonly total: Figures
  readonly rows: readonly InsightRow[]
} {
  const { deliveries, issues, fromMs, toMs, by } = input
  // What has not passed yet was neither worked nor ridden.
  const span = { fromMs, toMs: Math.max(fromMs, Math.min(toMs, input.nowMs)) }
  const worked = workedSpans(input.states, span)
  const carried = carriedSpans(input.carried, span)
  const groups =
    by === 'hour' || by === 'day'
      ? groupByTime(input, by, worked, carried)
      : by === 'courier'
        ? groupByCourier(input, worked, carried)
        : groupByDistrict(input, span)
  const rows = groups.map((group): InsightRow => ({
    key: group.key,
    fromMs: group.fromMs,
    toMs: group.toMs,
    ...figuresOf(group, by, input.nowMs),
  }))
  const total = { key: '', fromMs, toMs, deliveries: [...deliveries], issues: issues.length }
  return {
    total: figuresOf({ ...total, workedMs: lengthMs(worked), busyMs: lengthMs(carried) }, 'day', input.nowMs),
    rows,
  }
}

const emptyGroup = (key: string, { fromMs, toMs }: { fromMs: number; toMs: number }): Group => ({
  key,
  fromMs,
  toMs,
  deliveries: [],
  workedMs: 0,
  busyMs: 0,
  issues: 0,
})

/** Hours in which nothing happened are part of the picture. */
function groupByTime(
  { deliveries, issues, fromMs, toMs, spanOf }: InsightInput,
  by: 'hour' | 'day',
  worked: readonly CourierSpan[],
  carried: readonly CourierSpan[],
): readonly Group[] {
  const groups: Group[] = []
  for (let atMs = fromMs; atMs < toMs;) {
    const span = spanOf(by, atMs)
    groups.push(emptyGroup(String(span.fromMs), { fromMs: atMs, toMs: Math.min(span.toMs, toMs) }))
    atMs = span.toMs
  }
  const indexAt = (timeMs: number) => {
    let [low, high] = [0, groups.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (groups[middle]!.fromMs <= timeMs) low = middle
      else high = middle - 1
    }
    return low
  }
  const share = (spans: readonly CourierSpan[], figure: 'workedMs' | 'busyMs') => {
    for (const span of spans)
      for (let index = indexAt(span.fromMs); index < groups.length; index++) {
        const group = groups[index]!
        if (group.fromMs >= span.toMs) break
        group[figure] += Math.min(group.toMs, span.toMs) - Math.max(group.fromMs, span.fromMs)
      }
  }
  for (const delivery of deliveries) groups[indexAt(delivery.endedAtMs)]!.deliveries.push(delivery)
  for (const { reportedAtMs } of issues) groups[indexAt(reportedAtMs)]!.issues++
  share(worked, 'workedMs')
  share(carried, 'busyMs')
  return groups
}

function groupByCourier(
  { deliveries, issues, fromMs, toMs }: InsightInput,
  worked: readonly CourierSpan[],
  carried: readonly CourierSpan[],
): readonly Group[] {
  const { groups, groupOf } = namedGroups(fromMs, toMs)
  for (const span of worked) groupOf(span.courierId).workedMs += span.toMs - span.fromMs
  for (const span of carried) groupOf(span.courierId).busyMs += span.toMs - span.fromMs
  for (const delivery of deliveries)
    if (delivery.courierId !== null) groupOf(delivery.courierId).deliveries.push(delivery)
  for (const { courierId } of issues) if (courierId !== null) groupOf(courierId).issues++
  return sortByDelivered(groups)
}

/** Two parcels for one district in one bag are not twice the work; nor are two for two districts, but each counts its own. */
function groupByDistrict(
  { deliveries, carried, fromMs, toMs }: InsightInput,
  span: { readonly fromMs: number; readonly toMs: number },
): readonly Group[] {
  const { groups, groupOf } = namedGroups(fromMs, toMs)
  for (const delivery of deliveries) groupOf(delivery.district).deliveries.push(delivery)
  const parcels = Map.groupBy(carried, ({ district }) => district)
  for (const [district, those] of parcels) groupOf(district).busyMs = lengthMs(carriedSpans(those, span))
  return sortByDelivered(groups)
}

function namedGroups(fromMs: number, toMs: number) {
  const groups = new Map<string, Group>()
  const groupOf = (key: string) => {
    let group = groups.get(key)
    if (!group) groups.set(key, (group = emptyGroup(key, { fromMs, toMs })))
    return group
  }
  return { groups, groupOf }
}

function sortByDelivered(groups: ReadonlyMap<string, Group>): readonly Group[] {
  const done = (group: Group) => countOf(group.deliveries, 'delivered')
  return [...groups.values()].sort((a, b) => done(b) - done(a) || (a.key < b.key ? -1 : 1))
}

const countOf = (deliveries: readonly EndedDelivery[], status: DeliveryStatus) =>
  deliveries.reduce((count, delivery) => count + Number(delivery.status === status), 0)

function figuresOf(group: Group, by: InsightGroup, nowMs: number): Figures {
  const { deliveries, busyMs } = group
  const done = deliveries.filter(({ status }) => status === 'delivered')
  const onTime = done.filter(({ endedAtMs, dueMs }) => endedAtMs <= dueMs).length
  const workedMs = by === 'district' ? null : group.workedMs
  const countedMs = by === 'courier' ? group.workedMs : Math.min(group.toMs, nowMs) - group.fromMs
  return {
    delivered: done.length,
    onTime,
    failed: countOf(deliveries, 'failed'),
    cancelled: countOf(deliveries, 'cancelled'),
    onTimeShare: done.length === 0 ? null : onTime / done.length,
    rideM: done.reduce((metres, { rideM }) => metres + rideM, 0),
    workedMs,
    busyMs,
    utilisation: workedMs === null || workedMs === 0 ? null : Math.min(1, busyMs / workedMs),
    perHour: by === 'hour' || countedMs <= 0 ? null : (done.length * 3_600_000) / countedMs,
    issues: by === 'district' ? null : group.issues,
  }
}

const lengthMs = (spans: readonly CourierSpan[]) =>
  spans.reduce((total, { fromMs, toMs }) => total + toMs - fromMs, 0)
