import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ApiClient, createClient } from '@fleet/api'
import { type PostgresServer, startFaultProxy, startPostgres } from '@fleet/store/testing'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type FleetProcess, signInByLink, startFleet } from '../testing/fleet-process.ts'
import { createRandom, type Random } from './demo/random.ts'

const trackers = 6
const dispatchers = 3

/** What one sender has sent: everything before `next` was acknowledged, `next` itself may have been applied. */
interface Sender {
  acknowledged: number
  send(client: Connection, number: number): Promise<boolean>
}

interface Connection {
  readonly fleet: FleetProcess
  readonly api: ApiClient
}

/**
 * The app is killed with SIGKILL in the middle of ingest, again and again. Senders behave as phones and browsers do:
 * what got no 2xx is sent again, unchanged. In the end each fix and each command must be there exactly once.
 *
 * @param disturb what happens to the database in each round, before the kill
 * @returns what the app logged in each round
 */
async function killAgainAndAgain(
  env: Record<string, string>,
  rounds: number,
  disturb: (random: Random) => Promise<void> = (random) => sleep(random.between(20, 200)),
): Promise<{ readonly logs: readonly string[] }> {
  const random = createRandom('kill')
  const connect = async (): Promise<Connection> => {
    const fleet = await startFleet({ ...env, FLEET_SEED: 'none', FLEET_DEMO_RIDERS: '0' })
    return { fleet, api: createClient(fleet.url, fetch, { cookie }) }
  }
  let cookie = ''
  const first = await startFleet({ ...env, FLEET_SEED: 'none', FLEET_DEMO_RIDERS: '0' })
  cookie = await signInByLink(first)
  const bikes = await registerBikes(createClient(first.url, fetch, { cookie }))
  await first.end('SIGKILL')

  const startMs = Date.now() - 12 * 3_600_000
  const senders: Sender[] = [
    ...bikes.map((bike) => ({ acknowledged: 0, send: fixSender(bike.trackerId, startMs) })),
    ...Array.from({ length: dispatchers }, (_, index) => ({ acknowledged: 0, send: commandSender(index) })),
  ]

  let killedInFlight = 0
  const logs: string[] = []
  for (let round = 0; round < rounds; round++) {
    const connection = await connect()
    const stop = { now: false }
    const work = Promise.all(senders.map((sender) => sendUntilCut(sender, connection, stop)))
    work.catch(() => undefined) // awaited below, when the server is gone
    await disturb(random)
    await connection.fleet.end('SIGKILL')
    stop.now = true
    logs.push(connection.fleet.log())
    killedInFlight += (await work).filter((wasInFlight) => wasInFlight).length
  }
  // The test would prove nothing if the kills had met an idle server.
  expect(killedInFlight).toBeGreaterThan(rounds)

  const last = await connect()
  for (const sender of senders) {
    expect(await sender.send(last, sender.acknowledged)).toBe(true)
    sender.acknowledged += 1
  }
  for (const [index, bike] of bikes.entries()) {
    const sent = Array.from({ length: senders[index]!.acknowledged }, (_, number) => startMs + number * 1000)
    // What a spool holds goes in by and by.
    await vi.waitFor(async () => expect(await storedTimes(last.api, bike.id, startMs)).toEqual(sent), 30_000)
  }
  const descriptions = await storedIssues(last.api)
  const sent = senders
    .slice(bikes.length)
    .flatMap((sender, index) =>
      Array.from({ length: sender.acknowledged }, (_, n) => `dispatcher-${index}-issue-${n}`),
    )
  expect(descriptions.toSorted()).toEqual(sent.toSorted())
  expect(await last.fleet.end('SIGTERM')).toBe(0)
  return { logs }
}

/** @returns whether a request was on its way when the server died */
async function sendUntilCut(
  sender: Sender,
  connection: Connection,
  stop: { now: boolean },
): Promise<boolean> {
  while (!stop.now) {
    try {
      if (!(await sender.send(connection, sender.acknowledged))) return false
    } catch (error) {
      // undici: the socket closed, was reset or could not be opened. Anything else is a finding.
      if (error instanceof TypeError && error.message === 'fetch failed') return true
      throw error
    }
    sender.acknowledged += 1
  }
  return false
}

const fixSender =
  (trackerId: string, startMs: number) =>
  async ({ fleet }: Connection, number: number): Promise<boolean> => {
    const query = new URLSearchParams({
      id: trackerId,
      timestamp: String(startMs + number * 1000),
      lat: (52.36 + (number % 500) * 1e-5).toFixed(6),
      lon: '4.89',
      speed: '9.7',
    })
    const response = await fetch(`${fleet.osmandUrl}/?${query.toString()}`, { method: 'POST' })
    await response.arrayBuffer()
    expect(response.status).toBe(200)
    return true
  }

const commandSender =
  (index: number) =>
  async ({ api }: Connection, number: number): Promise<boolean> => {
    const description = `dispatcher-${index}-issue-${number}`
    const issue = await api.call('createIssue', {
      body: { kind: 'other', reporter: 'dispatcher', description },
      idempotencyKey: description,
    })
    expect(issue.description).toBe(description)
    return true
  }

async function registerBikes(api: ApiClient): Promise<{ id: string; trackerId: string }[]> {
  return Promise.all(
    Array.from({ length: trackers }, async (_, index) => {
      const trackerId = `tracker-${index}`
      const bike = await api.call('createBike', { body: { code: `AMS-000${index}`, kind: 'city' } })
      await api.call('createDevice', {
        body: { trackerId, name: trackerId, mount: { on: 'bike', bikeId: bike.id } },
      })
      return { id: bike.id, trackerId }
    }),
  )
}

async function storedTimes(api: ApiClient, id: string, fromMs: number): Promise<number[]> {
  const times: number[] = []
  let cursor: string | null = null
  do {
    const page: { items: { timeMs: number }[]; nextCursor: string | null } = await api.call('bikePositions', {
      params: { id },
      query: { fromMs, toMs: Date.now() + 86_400_000, limit: 10_000, ...(cursor ? { cursor } : {}) },
    })
    times.push(...page.items.map((position) => position.timeMs))
    cursor = page.nextCursor
  } while (cursor)
  return times
}

async function storedIssues(api: ApiClient): Promise<string[]> {
  const descriptions: string[] = []
  let cursor: string | null = null
  do {
    const page: { items: { description: string }[]; nextCursor: string | null } = await api.call(
      'listIssues',
      {
        query: { limit: 500, ...(cursor ? { cursor } : {}) },
      },
    )
    descriptions.push(...page.items.map((issue) => issue.description))
    cursor = page.nextCursor
  } while (cursor)
  return descriptions
}

describe('the server killed with SIGKILL again and again during ingest', () => {
  let folder: string
  let postgres: PostgresServer
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fleet-kill-'))
    postgres = await startPostgres()
  })
  afterAll(async () => {
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test('loses and doubles no acknowledged fix or command on SQLite', { timeout: 300_000 }, async () => {
    await killAgainAndAgain({ FLEET_DB: join(folder, 'fleet.db') }, 50)
  })

  test('loses and doubles no acknowledged fix or command on PostgreSQL', { timeout: 300_000 }, async () => {
    await killAgainAndAgain(postgres.env(await postgres.createDatabase()), 50)
  })

  test('loses and doubles none while PostgreSQL comes and goes, either', { timeout: 300_000 }, async () => {
    const proxy = await startFaultProxy(postgres)
    const env = {
      ...postgres.env(await postgres.createDatabase()),
      PG_PORT: String(proxy.port),
      FLEET_SPOOL_DIR: join(folder, 'spool'),
      FLEET_SPOOL_MB: '100',
    }
    let round = 0
    const { logs } = await killAgainAndAgain(env, 8, async (random) => {
      // What the round before has left goes in now: now and then the kill comes in the middle of that.
      await sleep(random.between(20, 1_000))
      round += 1
      if (round % 4 === 0) return
      proxy.refuse()
      proxy.reset()
      await sleep(random.between(1_200, 2_500))
      // The next start takes a database.
      proxy.heal()
    })
    await proxy.close()
    // The test would prove nothing if fixes had never been killed with the app.
    expect(
      logs.filter((log) => log.includes('The spool holds fixes of an earlier run')).length,
    ).toBeGreaterThan(3)
  })
})
