import { dayMs } from '@fleet/domain'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPostgres, type PostgresServer } from '../../testing/index.ts'
import { describePositionsContract } from '../contract/positions.contract.ts'
import type { ResolvedFix } from '../port.ts'
import { createPostgresConnection, type PostgresConnection } from './connection.ts'
import { migratePostgres } from './migrate.ts'
import { createPostgresPositions } from './positions.ts'

function connectTo(server: PostgresServer, database: string): PostgresConnection {
  return createPostgresConnection(server.config(database, 4))
}

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server?.stop())

describePositionsContract('PostgreSQL', async () => {
  const database = await server.createDatabase()
  const connections: PostgresConnection[] = []
  const connect = () => {
    const connection = connectTo(server, database)
    connections.push(connection)
    return connection
  }
  const connection = connect()
  await migratePostgres(connection, 0)
  const positions = createPostgresPositions(connection)
  return {
    positions,
    another: async () => createPostgresPositions(connect()),
    allLatest: () => connection.withSnapshot((tx) => positions.allLatestIn(tx)),
    clearFor: (owners) => connection.withTransaction((tx) => positions.clearFor(tx, owners)),
    async close() {
      for (const one of connections) await one.close()
    },
  }
})

describe('partitions of positions', () => {
  const nowMs = Date.UTC(2025, 2, 10, 9)
  let connection: PostgresConnection
  const query = async (text: string) => (await connection.pool.query<Record<string, unknown>>(text)).rows
  const partitionNames = async () =>
    (
      await query(`SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'position'::regclass
                   ORDER BY 1`)
    ).map((row) => row['name'])
  const makeFix = (timeMs: number, deviceNo = 1): ResolvedFix => ({
    deviceNo,
    bikeNo: 1,
    courierNo: null,
    lat: 52,
    lon: 5,
    timeMs,
    speedMps: null,
    headingDeg: null,
    accuracyM: null,
    altitudeM: null,
    batteryPct: null,
    charging: null,
    attributes: null,
    flag: null,
    riddenM: 1,
  })

  const open = async () => {
    connection = connectTo(server, await server.createDatabase())
    await migratePostgres(connection, 0)
    return createPostgresPositions(connection)
  }

  test('stand ready from two days back to three days ahead', async () => {
    const positions = await open()
    await positions.maintainPositions(nowMs, 90)
    expect(await partitionNames()).toEqual(
      ['08', '09', '10', '11', '12', '13'].map((day) => `position_202503${day}`),
    )
    await connection.close()
  })

  test('are dropped also when an earlier run was interrupted in the middle', async () => {
    const positions = await open()
    const days = [100, 101, 102]
    const fixes = days.map((day) => makeFix(nowMs - day * dayMs))
    await positions.appendFixes({ receivedAtMs: nowMs, fixes, heartbeats: [] })
    // One run died after the detach, one during it.
    await query('ALTER TABLE position DETACH PARTITION position_20241128 CONCURRENTLY')
    const reader = await connection.pool.connect()
    await reader.query('BEGIN; SELECT 1 FROM position LIMIT 1')
    const interrupted = await connection.pool.connect()
    await interrupted.query("SET statement_timeout = '200ms'")
    await expect(
      interrupted.query('ALTER TABLE position DETACH PARTITION position_20241129 CONCURRENTLY'),
    ).rejects.toMatchObject({ code: '57014' })
    interrupted.release(true)
    await reader.query('COMMIT')
    reader.release()
    // While they are half gone, their fixes are past retention; others of the same batch are stored.
    const fresh = createPostgresPositions(connection)
    const { stored } = await fresh.appendFixes({
      receivedAtMs: nowMs,
      fixes: [...days.map((day) => makeFix(nowMs - day * dayMs, 2)), makeFix(nowMs, 2)],
      heartbeats: [],
    })
    expect(stored).toEqual([true, false, false, true])
    await positions.maintainPositions(nowMs, 90)
    expect((await query(`SELECT 1 FROM pg_class WHERE relname ~ '^position_2024.*[0-9]$'`)).length).toBe(0)
    await connection.close()
  })

  test('are rewritten in the order of their key once their day is over, and keep every row', async () => {
    const positions = await open()
    const oldMs = Date.UTC(2025, 2, 5)
    const fixes = Array.from({ length: 4000 }, (_, i) =>
      makeFix(oldMs + Math.floor(i / 100) * 1000, 1 + (i % 100)),
    )
    for (let at = 0; at < fixes.length; at += 100)
      await positions.appendFixes({ receivedAtMs: nowMs, fixes: fixes.slice(at, at + 100), heartbeats: [] })
    const pagesOfDevice = async () =>
      (
        await query(`SELECT count(DISTINCT (ctid::text::point)[0])::int AS pages, count(*)::int AS rows
                     FROM position WHERE device_no = 7`)
      )[0]
    expect(await pagesOfDevice()).toEqual({ pages: expect.any(Number), rows: 40 })
    const before = (await pagesOfDevice())!['pages'] as number
    await positions.maintainPositions(nowMs, 90)
    const after = (await pagesOfDevice())!
    expect(after['rows']).toBe(40)
    expect(before).toBeGreaterThan(20)
    expect(after['pages']).toBeLessThanOrEqual(2)
    // What comes late is stored all the same.
    const late = { receivedAtMs: nowMs, fixes: [makeFix(oldMs + 500), fixes[0]!], heartbeats: [] }
    expect(await positions.appendFixes(late)).toEqual({ stored: [true, false] })
    await connection.close()
  })
})
