import type { CallOutput, RouteName } from '@fleet/api'
import type { Courier, Delivery } from '@fleet/domain'
import type { OutboxEntry } from '../outbox/outbox-entry.ts'

/** Where the day is among the queries. */
export const dayKey = ['courier-day'] as const

/** What a courier has to do and did today. A value. */
export interface Day {
  readonly courier: Courier
  /** Under way, and ended today; in no order. */
  readonly deliveries: readonly Delivery[]
  /** When the server told it, this device's clock, epoch ms. */
  readonly readAtMs: number
}

const newest = (rows: Iterable<Delivery>): Map<string, Delivery> => {
  const byId = new Map<string, Delivery>()
  for (const row of rows) if (row.version > (byId.get(row.id)?.version ?? 0)) byId.set(row.id, row)
  return byId
}

/** What was just read says which deliveries are theirs; a row that is known to be newer stays as it is known. */
export function mergeDay(known: Day | undefined, read: Day): Day {
  if (known === undefined || known.courier.id !== read.courier.id)
    return { ...read, deliveries: [...newest(read.deliveries).values()] }
  const rows = newest([...read.deliveries, ...known.deliveries])
  const theirs = new Set(read.deliveries.map(({ id }) => id))
  return {
    courier: known.courier.version > read.courier.version ? known.courier : read.courier,
    deliveries: [...rows.values()].filter(({ id }) => theirs.has(id)),
    readAtMs: read.readAtMs,
  }
}

/** The day with the rows of an answer in it. */
export function withAnswer(day: Day, route: RouteName, value: unknown): Day {
  if (route === 'stepShift') return withRows(day, [value as Courier], [])
  if (route === 'pickUpDelivery' || route === 'deliverDelivery' || route === 'failDelivery')
    return withRows(day, [], [value as Delivery])
  if (route !== 'undo') return day
  const { changes } = value as CallOutput<'undo'>
  const rowsOf = (wanted: 'courier' | 'delivery') =>
    changes.flatMap(({ kind, entity }) => (kind === wanted && entity !== null ? [entity] : []))
  return withRows(day, rowsOf('courier') as Courier[], rowsOf('delivery') as Delivery[])
}

function withRows(day: Day, couriers: readonly Courier[], deliveries: readonly Delivery[]): Day {
  const newer = couriers.find(({ id, version }) => id === day.courier.id && version > day.courier.version)
  return {
    ...day,
    courier: newer ?? day.courier,
    deliveries: [...newest([...day.deliveries, ...deliveries]).values()],
  }
}

/** The day as it will be once what waits is sent. */
export function shownDay(day: Day, entries: readonly OutboxEntry[]): Day {
  const shows = entries.flatMap((entry) => (entry.problem === null ? entry.shows : []))
  const shown = <Row extends { readonly id: string }>(kind: 'courier' | 'delivery', row: Row): Row => {
    const patches = shows.filter((each) => each.kind === kind && each.id === row.id)
    return patches.length === 0 ? row : Object.assign({}, row, ...patches.map(({ patch }) => patch))
  }
  return {
    ...day,
    courier: shown('courier', day.courier),
    deliveries: day.deliveries.map((row) => shown('delivery', row)),
  }
}
