import { randomUUID } from 'node:crypto'
import type { OperationClock } from '@fleet/cluster'
import { ClusterError } from '@fleet/cluster/error'
import type { Json } from '../../history/json-lines.ts'
import type { App } from './app.ts'
import { type AppRequest, sendUntilSettled } from './persistent-request.ts'

const timeoutMs = 60_000

/**
 * Asks the app for something that has to work, before the faults and after them.
 *
 * @throws ClusterError drill_failed with what the app said
 */
export async function ask(
  app: App,
  clock: OperationClock,
  request: Omit<AppRequest, 'cookie'>,
): Promise<Json> {
  const settled = await sendUntilSettled(
    { ...request, cookie: app.cookie },
    clock,
    AbortSignal.timeout(timeoutMs),
  )
  if (settled.end === 'done') return settled.body
  const said = settled.end === 'refused' ? `${settled.code}: ${settled.detail}` : settled.why
  throw new ClusterError('drill_failed', `${request.method} ${request.url} was answered with ${said}.`)
}

/** A courier on a shift, to give deliveries to. */
export async function addCourier(app: App, clock: OperationClock, name: string): Promise<string> {
  const courier = (await ask(app, clock, {
    method: 'POST',
    url: `${app.url}/api/couriers`,
    body: { name },
    idempotencyKey: randomUUID(),
  })) as { readonly id: string }
  await ask(app, clock, {
    method: 'POST',
    url: `${app.url}/api/couriers/${courier.id}/shift`,
    body: { event: 'start' },
    idempotencyKey: randomUUID(),
  })
  return courier.id
}

/** A tracker on a bike. */
export interface Tracker {
  readonly trackerId: string
  readonly bikeId: string
}

const prefix = 'drill-'
const mostInAPage = 500
const atOnce = 8

/** So many trackers on bikes of their own: those of earlier drills, and new ones where they are not enough. */
export async function ensureTrackers(
  app: App,
  clock: OperationClock,
  wanted: number,
): Promise<readonly Tracker[]> {
  const there = await listTrackers(app, clock)
  const missing = Array.from(
    { length: wanted },
    (_, index) => `${prefix}${String(index + 1).padStart(4, '0')}`,
  ).filter((trackerId) => !there.has(trackerId))
  const add = async (trackerId: string) => {
    const bike = (await ask(app, clock, {
      method: 'POST',
      url: `${app.url}/api/bikes`,
      body: { code: `DRILL-${trackerId.slice(prefix.length)}`, kind: 'city' },
      idempotencyKey: randomUUID(),
    })) as { readonly id: string }
    await ask(app, clock, {
      method: 'POST',
      url: `${app.url}/api/devices`,
      body: { trackerId, name: trackerId, mount: { on: 'bike', bikeId: bike.id } },
      idempotencyKey: randomUUID(),
    })
    there.set(trackerId, bike.id)
  }
  const addSome = async () => {
    for (let trackerId = missing.pop(); trackerId !== undefined; trackerId = missing.pop())
      await add(trackerId)
  }
  await Promise.all(Array.from({ length: atOnce }, addSome))
  return [...there].slice(0, wanted).map(([trackerId, bikeId]) => ({ trackerId, bikeId }))
}

interface DevicePage {
  readonly items: readonly { readonly trackerId: string; readonly mount: { readonly bikeId?: string } }[]
  readonly nextCursor: string | null
}

async function listTrackers(app: App, clock: OperationClock): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (let cursor: string | null = ''; cursor !== null;) {
    const query: string = `limit=${mostInAPage}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`
    const page = (await ask(app, clock, {
      method: 'GET',
      url: `${app.url}/api/devices?${query}`,
    })) as unknown as DevicePage
    for (const { trackerId, mount } of page.items)
      if (trackerId.startsWith(prefix) && mount.bikeId !== undefined) found.set(trackerId, mount.bikeId)
    cursor = page.nextCursor
  }
  return found
}
