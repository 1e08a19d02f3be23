// For the tests of this folder: a fleet with something in every table, and what a database file holds.
import { DatabaseSync } from 'node:sqlite'
import type {
  AttachmentId,
  DeliveryId,
  DeviceId,
  IssueId,
  SavedViewId,
  ServiceEntryId,
  UserId,
  ZoneId,
} from '@fleet/domain'
import { canonicalJson } from '../commands/handler.ts'
import { makeBike, makeCourier, makeId, makeStop, run, startMs } from '../contract/harness.ts'
import { makeBatch, makeFix, noonMs } from '../contract/positions-fixtures.ts'
import type { Store } from '../port.ts'
import { markKey } from './unfinished.ts'

/** What a test asks of the fleet after it has moved. */
export interface FilledFleet {
  readonly deliveryId: DeliveryId
  readonly userId: UserId
  readonly sessionHash: string
  /** Of a command that can be undone: the delivery was given to a courier. */
  readonly assignKey: string
}

/** Gives every table a row, as the app does. */
export async function fillFleet(store: Store): Promise<FilledFleet> {
  const [bikeId, courierId] = [await makeBike(store), await makeCourier(store, 'Zoë "Zo" d’Hondt\t😀')]
  const [deliveryId, userId, zoneId] = [makeId<DeliveryId>(), makeId<UserId>(), makeId<ZoneId>()]
  const expectedVersion = null
  await run(store, { type: 'courier.take_bike', id: courierId, expectedVersion, bikeId })
  await run(store, {
    type: 'device.create',
    id: makeId<DeviceId>(),
    trackerId: `tracker-${deliveryId}`,
    name: 'Frame',
    mount: { on: 'bike', bikeId },
    secretHash: 'f00d',
  })
  const name = `eva-${deliveryId}`
  await run(store, {
    type: 'user.create',
    id: userId,
    name,
    role: 'admin',
    courierId: null,
    passwordHash: 'x$y',
  })
  await run(store, {
    type: 'delivery.create',
    id: deliveryId,
    pickup: makeStop('Rokin 9 – hs'),
    dropoff: makeStop('Damrak 1', {
      point: { lat: 52.373_100_000_1, lon: 4.8926 },
      note: 'bel "2×"\nachterom',
    }),
    size: 'small',
    priority: 'normal',
  })
  const assignKey = `assign-${deliveryId}`
  await run(
    store,
    { type: 'delivery.assign', id: deliveryId, expectedVersion, courierId },
    { key: assignKey },
  )
  await run(store, {
    type: 'issue.create',
    id: makeId<IssueId>(),
    kind: 'other',
    reporter: 'dispatcher',
    description: 'squeaks',
    bikeId,
    courierId: null,
    deliveryId,
  })
  await run(store, {
    type: 'service.create',
    id: makeId<ServiceEntryId>(),
    bikeId,
    kind: 'brakes',
    atMs: startMs,
    costCents: 1250,
    odometerKm: 12.3,
    note: '',
    dueMs: null,
    dueKm: 500,
  })
  const polygon = [
    { lat: 52.1, lon: 4.1 },
    { lat: 52.2, lon: 4.1 },
    { lat: 52.2, lon: 4.2 },
  ]
  await run(store, { type: 'zone.create', id: zoneId, name: 'West', kind: 'slow', polygon })
  await store.recordCrossings([crossingOf(zoneId)])
  await store.putAttachment({
    id: makeId<AttachmentId>(),
    subject: { kind: 'delivery', id: deliveryId },
    kind: 'photo',
    mediaType: 'image/png',
    bytes: Uint8Array.from({ length: 70_000 }, (_, at) => (at * 31) % 256),
    createdBy: userId,
    nowMs: startMs,
  })
  await store.shareDelivery(deliveryId, startMs)
  const view = { id: makeId<SavedViewId>(), name: 'Late', page: '/deliveries', search: 'late=1' }
  await store.putSavedView(userId, view, startMs)
  const sessionHash = `session-${deliveryId}`
  await store.createSession({
    tokenHash: sessionHash,
    userId,
    nowMs: startMs,
    expiresAtMs: startMs + 86_400_000,
  })
  await store.appendFixes(
    makeBatch(
      [
        makeFix(1, 0),
        makeFix(1, 5, { attributes: { nul: 'a\u0000b', deep: [1.5, null] } }),
        makeFix(2, 9, { flag: 'jump' }),
      ],
      { heartbeats: [{ deviceNo: 3, atMs: noonMs, batteryPct: 12.5, charging: true }] },
    ),
  )
  return { deliveryId, userId, sessionHash, assignKey }
}

export const crossingOf = (zoneId: ZoneId) => ({
  timeMs: startMs,
  kind: 'enter' as const,
  zoneId,
  zoneName: 'West',
  zoneKind: 'slow' as const,
  bikeNo: 1,
  courierNo: null,
  lat: 52.123_456_789,
  lon: 4.9,
})

/** All that a database file holds, table by table: rows by content, in an order of their own, JSON by value. */
export function contentOf(file: string): Readonly<Record<string, readonly string[]>> {
  const db = new DatabaseSync(file, { readOnly: true })
  try {
    const names = db
      .prepare(`SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')`)
      .all()
      .map((row) => row['name'] as string)
      .filter((name) => !/^sqlite_|^migrations$|^delivery_trigrams$/.test(name))
    return Object.fromEntries(names.map((name) => [name, rowsOf(db, name)]))
  } finally {
    db.close()
  }
}

function rowsOf(db: DatabaseSync, name: string): readonly string[] {
  const all = db.prepare(`SELECT * FROM ${name}`)
  all.setReadBigInts(true)
  return all
    .all()
    .filter((row) => name !== 'meta' || !['log_id', 'xid_offset', markKey].includes(row['key'] as string))
    .map((row) =>
      canonicalJson(Object.fromEntries(Object.entries(row).map(([key, value]) => [key, plain(value)]))),
    )
    .toSorted()
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}`
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (typeof value !== 'string' || !/^[[{]/.test(value)) return value
  try {
    return JSON.parse(value) as unknown
  } catch {
    return value
  }
}
