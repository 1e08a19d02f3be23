import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { createClient } from '@fleet/api'
import { type PostgresServer, startPostgres } from '@fleet/store/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommand } from '../../testing/fleet-command.ts'
import { signInByLink, startFleet } from '../../testing/fleet-process.ts'

/*
 * Recorded rides whose licence does not allow us to ship them. Whoever has them beside the checkout runs these
 * tests as well; `ride.test.ts` covers the same code with rides of its own.
 */
const folder = join(import.meta.dirname, '../../../../../shared/data/rides')
/** Yesterday: within what is kept, and never in the future. */
const day = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)

interface Row {
  readonly timeMs: number
  readonly lat: number
  readonly lon: number
  readonly speedKmh: number
  /** The recording writes -1 where the phone did not know. */
  readonly headingDeg: number | null
  readonly accuracyM: number
}

/** Reads the file by itself, so that a fault of the product's reader cannot hide. */
function readRide(file: string): Row[] {
  const [, ...lines] = gunzipSync(readFileSync(file)).toString().trim().split('\n')
  return lines.map((line) => {
    const [time, ...numbers] = line.split(',')
    const [lat, lon, speedKmh, headingDeg, accuracyM] = numbers.map(Number)
    return {
      timeMs: Date.parse(`${day}T${time}Z`),
      lat: lat!,
      lon: lon!,
      speedKmh: speedKmh!,
      headingDeg: headingDeg! < 0 ? null : headingDeg! % 360,
      accuracyM: accuracyM!,
    }
  })
}

/** The fixes that history must hold: each tracker, time and place once, oldest first. */
function distinct(rows: readonly Row[]): Row[] {
  const byIdentity = new Map<string, Row>()
  for (const row of rows) {
    const identity = `${row.timeMs} ${row.lat} ${row.lon}`
    if (!byIdentity.has(identity)) byIdentity.set(identity, row)
  }
  return [...byIdentity.values()].sort((a, b) => a.timeMs - b.timeMs || a.lat - b.lat || a.lon - b.lon)
}

async function replayAndCompare(file: string, env: Readonly<Record<string, string>>): Promise<void> {
  const fleet = await startFleet({ ...env, FLEET_SEED: 'none' })
  try {
    const api = createClient(fleet.url, fetch, { cookie: await signInByLink(fleet) })
    const bike = await api.call('createBike', { body: { code: 'RIT-0001', kind: 'city' } })
    const trackerId = 'recorded-ride'
    await api.call('createDevice', {
      body: { trackerId, name: 'Ride', mount: { on: 'bike', bikeId: bike.id } },
    })
    const command = `replay ${file} --device ${trackerId} --times keep --date ${day} --speed 10000 --url ${fleet.osmandUrl}`
    // Twice: a ride that is sent again is a ride that is there already.
    for (let round = 0; round < 2; round++) expect(await runCommand(command, {})).toMatchObject({ code: 0 })

    const wanted = distinct(readRide(file))
    const { items, nextCursor } = await api.call('bikePositions', {
      params: { id: bike.id },
      query: { fromMs: Date.parse(day), toMs: Date.parse(day) + 86_400_000, limit: 10_000 },
    })
    expect(nextCursor).toBeNull()
    const stored = [...items].sort((a, b) => a.timeMs - b.timeMs || a.lat - b.lat || a.lon - b.lon)
    expect(stored.length).toBe(wanted.length)
    for (const [index, row] of wanted.entries()) {
      const fix = stored[index]!
      expect(fix).toMatchObject({
        timeMs: row.timeMs,
        lat: row.lat,
        lon: row.lon,
        headingDeg: row.headingDeg,
        accuracyM: row.accuracyM,
      })
      expect(fix.speedMps).toBeCloseTo(row.speedKmh / 3.6, 3)
      expect(fix.flag === 'inaccurate').toBe(row.accuracyM > 100)
    }
    // The marker stands on the newest fix that may move it.
    const latest = (await api.call('listLatest', {})).items.find(({ bikeNo }) => bikeNo === bike.no)
    expect(latest?.timeMs).toBe(stored.findLast(({ flag }) => flag === null)?.timeMs)
  } finally {
    await fleet.end('SIGTERM')
  }
}

describe.runIf(existsSync(folder))(
  'recorded rides beside the checkout, replayed and compared fix by fix',
  () => {
    let scratch: string
    let postgres: PostgresServer
    beforeAll(async () => {
      scratch = mkdtempSync(join(tmpdir(), 'fleet-rides-'))
      postgres = await startPostgres()
    })
    afterAll(async () => {
      await postgres.stop()
      rmSync(scratch, { recursive: true, force: true })
    })

    for (const ride of ['ride-good', 'ride-bad-gps']) {
      const file = join(folder, `${ride}.csv.gz`)
      test(`${ride} on SQLite`, { timeout: 120_000 }, () =>
        replayAndCompare(file, { FLEET_DB: join(scratch, `${ride}.db`) }),
      )
      test(`${ride} on PostgreSQL`, { timeout: 120_000 }, async () =>
        replayAndCompare(file, postgres.env(await postgres.createDatabase())),
      )
    }
  },
)
