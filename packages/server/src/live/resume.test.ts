import type { BikeId, CourierId } from '@fleet/domain'
import type { Change, ChangeSeq, PostgresConfig, Store } from '@fleet/store'
import { startPostgres, type PostgresServer } from '@fleet/store/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  addBike,
  addTrackedBike,
  createPostgresConfig,
  execute,
  makeFix,
  makeReport,
  newId,
  openPostgresFleet,
  openSqliteFleet,
  recentMs,
  startIngest,
} from '../ingest/fleet-fixture.ts'
import { compareSeq } from './change-seq.ts'
import { cut, type LiveApp, openLive, openScreen, type Screen } from './live-fixture.ts'
import { waitFor } from '../../testing/wait-for.ts'

let server: PostgresServer
let config: PostgresConfig
beforeAll(async () => {
  server = await startPostgres()
  config = await createPostgresConfig(server)
})
afterAll(() => server.stop())

/** What the log says after `from`, without what clients are not told. */
async function readLog(store: Store, from: string): Promise<Change[]> {
  const all: Change[] = []
  for (let since = from as ChangeSeq; ; since = all.at(-1)!.seq) {
    const page = await store.changes(since, 500)
    all.push(...page)
    if (page.length < 500) return all.filter(({ kind }) => kind !== 'user')
  }
}

/** A screen that comes back wherever it was cut off, and puts together what it was told over all its connections. */
async function follow(live: readonly LiveApp[], cookie: string) {
  let screen: Screen = await openScreen(live[0]!, cookie)
  await waitFor(() => expect(screen.seq).not.toBeNull())
  const from = screen.seq!
  const told: Change[] = []
  let snapshots = 0
  const collect = () => {
    told.push(...screen.changes)
    snapshots += screen.messages.filter(({ type }) => type === 'snapshot').length
  }
  return {
    from,
    told,
    get snapshots() {
      return snapshots
    },
    /** Cuts the connection at whatever moment this is, and comes back, perhaps at another instance of the app. */
    async reconnect(instance: number) {
      await cut(screen)
      collect()
      screen = await openScreen(live[instance % live.length]!, cookie, {
        resume: { logId: screen.logId!, seq: screen.seq! },
      })
    },
    async finish(head: ChangeSeq) {
      await vi.waitFor(() => expect(compareSeq(screen.seq as ChangeSeq, head)).toBeGreaterThanOrEqual(0), {
        timeout: 10_000,
      })
      await cut(screen)
      collect()
    },
  }
}

type Step =
  | { do: 'bike' }
  | { do: 'bikes'; count: number }
  | { do: 'user' }
  | { do: 'cut'; instance: number }
  | { do: 'turn' }

const steps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.constant<Step>({ do: 'bike' }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('bikes' as const), count: fc.integer({ min: 1, max: 20 }) }),
    },
    { weight: 1, arbitrary: fc.constant<Step>({ do: 'user' }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('cut' as const), instance: fc.nat(1) }) },
    { weight: 3, arbitrary: fc.constant<Step>({ do: 'turn' }) },
  ),
  { minLength: 5, maxLength: 40 },
)

describe.each<[string, () => Promise<Store[]>, number]>([
  ['SQLite', async () => [await openSqliteFleet()], 12],
  [
    'two instances on PostgreSQL',
    async () => [await openPostgresFleet(config), await openPostgresFleet(config)],
    12,
  ],
])('resuming on %s', (_, open, runs) => {
  test('a client that is cut off at any moment while others work misses no change and is told none twice', async () => {
    const stores = await open()
    const store = stores[0]!
    const live: LiveApp[] = []
    for (const each of stores) live.push(await openLive(each))
    const { cookie } = await live[0]!.signIn('dispatcher')
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        const client = await follow(live, cookie)
        // Commands go on while connections come and go: nobody waits for them.
        const working: Promise<unknown>[] = []
        for (const [i, step] of list.entries()) {
          const by = stores[i % stores.length]!
          if (step.do === 'bike') working.push(addBike(by))
          else if (step.do === 'bikes') for (let n = 0; n < step.count; n++) working.push(addBike(by))
          else if (step.do === 'user') working.push(live[0]!.signIn('viewer'))
          else if (step.do === 'cut') await client.reconnect(step.instance)
          else await new Promise(setImmediate)
        }
        await Promise.all(working)
        const log = await readLog(store, client.from)
        await client.finish(log.at(-1)?.seq ?? (client.from as ChangeSeq))
        expect(client.told.map(({ seq }) => seq)).toEqual(log.map(({ seq }) => seq))
        expect(client.told).toEqual(log)
        expect(client.snapshots).toBe(1)
      }),
      { numRuns: runs },
    )
  }, 60_000)
})

test.each<[string, () => Promise<Store>]>([
  ['SQLite', openSqliteFleet],
  ['PostgreSQL', () => openPostgresFleet(config)],
])(
  'on %s a client that joins while others work is told exactly what its snapshot does not hold',
  async (_, open) => {
    const store = await open()
    const live = await openLive(store)
    const { cookie } = await live.signIn('dispatcher')
    const bikes = [await addBike(store), await addBike(store), await addBike(store)]
    const opened: Promise<Screen>[] = []
    const working = bikes.map(async (id) => {
      for (let n = 0; n < 100; n++) {
        await execute(store, { type: 'bike.update', id, expectedVersion: null, patch: { note: `${n}` } })
        // Lets the sockets have their turn: SQLite works in this thread.
        await new Promise(setImmediate)
        if (n % 10 === 0) opened.push(openScreen(live, cookie))
      }
    })
    await Promise.all(working)
    const screens = await Promise.all(opened)
    const head = await store.headSeq()
    for (const screen of screens) {
      await waitFor(() => expect(screen.seq).toBe(head))
      const snapshot = screen.messages.find((message) => message.type === 'snapshot')!
      expect(screen.changes).toEqual(await readLog(store, snapshot.seq))
      for (const { id, version } of snapshot.bikes) {
        const next = screen.changes.find((change) => change.id === id)
        if (next) expect(next.version).toBe(version + 1)
      }
    }
  },
)

test('two instances on one PostgreSQL show the changes and markers of each other', async () => {
  const stores = [await openPostgresFleet(config), await openPostgresFleet(config)] as const
  const trackers = ['on-a', 'on-b'] as const
  const bikes = [
    await addTrackedBike(stores[0], trackers[0]),
    await addTrackedBike(stores[1], trackers[1]),
  ] as const
  const lives = [await openLive(stores[0]), await openLive(stores[1])] as const
  const ingests = [
    await startIngest(stores[0], { onMarkers: (moved) => lives[0].hub.publishMarkers(moved) }),
    await startIngest(stores[1], { onMarkers: (moved) => lives[1].hub.publishMarkers(moved) }),
  ] as const
  const { cookie } = await lives[0].signIn('viewer')
  const screens = [await openScreen(lives[0], cookie), await openScreen(lives[1], cookie)] as const
  for (const screen of screens) await waitFor(() => expect(screen.seq).not.toBeNull())

  const courierId = newId<CourierId>()
  await execute(stores[0], { type: 'courier.create', id: courierId, name: 'Daan', phone: '' })
  await execute(stores[1], {
    type: 'bike.step',
    id: bikes[0].bikeId satisfies BikeId,
    expectedVersion: null,
    event: 'charge',
  })
  const timeMs = recentMs()
  for (const i of [0, 1] as const)
    await ingests[i].submit('batch', [makeReport(trackers[i], makeFix(timeMs))], 100)
  for (const screen of screens)
    await waitFor(() => {
      const told = screen.changes.map(({ id }) => id)
      expect(told).toContain(courierId)
      expect(told).toContain(bikes[0].bikeId)
      for (const { no } of bikes) expect(screen.markers.get(no)?.timeMs).toBe(timeMs)
    })
})
