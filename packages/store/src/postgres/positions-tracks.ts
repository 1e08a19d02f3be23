import { dayMs } from '@fleet/domain'
import { dayOf } from '../positions-batch.ts'
import { storableSpan } from '../positions-cursor.ts'
import type { Track, TracksQuery } from '../port.ts'
import { scanStepMs, toTrack, type TrackPlace } from '../track-columns.ts'
import type { PostgresReads } from './connection.ts'

/** More in one statement would come near the time that a statement may take. */
const bikesAStatement = 50
/** The walk reads one partition at a time, so that none of the others is looked at with each step. */
const spanMs = dayMs

/**
 * See `Store.tracks`. With a long step, a recursive query goes from one fix to the next that is far enough away, by the key: what lies
 * between is not read.
 */
export async function readTracks(reads: PostgresReads, query: TracksQuery): Promise<readonly Track[]> {
  const { fromMs, toMs } = storableSpan(query)
  const stepMs = Math.max(1, Math.ceil(query.stepMs))
  const places: Places = new Map()
  for (let dayFromMs = fromMs; dayFromMs < toMs;) {
    const dayToMs = Math.min(toMs, (Math.floor(dayFromMs / spanMs) + 1) * spanMs)
    for (let at = 0; at < query.bikeNos.length; at += bikesAStatement)
      await readDay(reads, query.bikeNos.slice(at, at + bikesAStatement), dayFromMs, dayToMs, stepMs, places)
    dayFromMs = dayToMs
  }
  const before: Places = new Map()
  if (query.lookBackMs && fromMs < toMs)
    await readLast(reads, query.bikeNos, fromMs - query.lookBackMs, fromMs, before)
  return query.bikeNos.flatMap((bikeNo) => {
    const [own, last] = [places.get(bikeNo), before.get(bikeNo)]
    return own || last ? [toTrack(bikeNo, own ?? [], stepMs, last)] : []
  })
}

type Places = Map<number, TrackPlace[]>
type PlaceRow = [bikeNo: number, ...TrackPlace]

/**
 * The planner takes it that hardly a fix of a device is of the bike that is asked for. It would then, for each next fix
 * anew, collect and sort all that is left of the span, where the first of the key's order is the one. Compiling the
 * statement takes longer than running it.
 */
const byTheKey = 'SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off; SET LOCAL jit = off'

async function readPlaces(
  reads: PostgresReads,
  text: string,
  values: readonly unknown[],
  places: Places,
): Promise<void> {
  const { rows } = await reads.withSnapshot(async (client) => {
    await client.query(byTheKey)
    return client.query<PlaceRow>({ text, values: [...values], rowMode: 'array' })
  })
  for (const [bikeNo, ...place] of rows) {
    const own = places.get(bikeNo)
    if (own) own.push(place)
    else places.set(bikeNo, [place])
  }
}

const nextFix = (after: string) => `
  SELECT p.time, p.lat_e7, p.lon_e7 FROM position p
  WHERE p.device_no = ${after === 'd' ? 'd' : 'w'}.device_no
    AND p.time >= ${after === 'd' ? '$2::timestamptz' : 'w.time + $5::interval'}
    AND p.time >= $2::timestamptz AND p.time < $3::timestamptz
    AND p.bike_no = ${after}.bike_no AND p.flag IS NULL
  ORDER BY p.time LIMIT 1`

const walkText = `
  WITH RECURSIVE d AS (
    SELECT subject_no AS bike_no, device_no FROM tracker_use
    WHERE kind = 'bike' AND subject_no = ANY($1::int4[]) AND day = $4::int4
  ), w AS (
    SELECT d.bike_no, d.device_no, f.* FROM d CROSS JOIN LATERAL (${nextFix('d')}) AS f
    UNION ALL
    SELECT w.bike_no, w.device_no, f.* FROM w CROSS JOIN LATERAL (${nextFix('w')}) AS f
  )
  SELECT bike_no, (date_part('epoch', time) * 1000)::int8, lat_e7, lon_e7 FROM w`

/** As a subquery of its own for each device, so that each is a range of the key whatever the planner thinks of the table. */
const scanText = `
  SELECT d.subject_no, (date_part('epoch', f.time) * 1000)::int8, f.lat_e7, f.lon_e7
  FROM tracker_use AS d CROSS JOIN LATERAL (
    SELECT p.time, p.lat_e7, p.lon_e7 FROM position p
    WHERE p.device_no = d.device_no AND p.time >= $2::timestamptz AND p.time < $3::timestamptz
      AND p.bike_no = d.subject_no AND p.flag IS NULL
    ORDER BY p.time
  ) AS f
  WHERE d.kind = 'bike' AND d.subject_no = ANY($1::int4[]) AND d.day = $4::int4`

async function readDay(
  reads: PostgresReads,
  bikeNos: readonly number[],
  fromMs: number,
  toMs: number,
  stepMs: number,
  places: Places,
): Promise<void> {
  const span = [new Date(fromMs).toISOString(), new Date(toMs).toISOString(), dayOf(fromMs)]
  if (stepMs <= scanStepMs) await readPlaces(reads, scanText, [bikeNos, ...span], places)
  else await readPlaces(reads, walkText, [bikeNos, ...span, `${stepMs} milliseconds`], places)
}

const lastText = `
  SELECT d.bike_no, (date_part('epoch', f.time) * 1000)::int8, f.lat_e7, f.lon_e7
  FROM (
    SELECT subject_no AS bike_no, device_no, max(day) AS last_day FROM tracker_use
    WHERE kind = 'bike' AND subject_no = ANY($1::int4[]) AND day BETWEEN $4::int4 AND $5::int4
    GROUP BY subject_no, device_no
  ) AS d CROSS JOIN LATERAL (
    SELECT p.time, p.lat_e7, p.lon_e7 FROM position p
    WHERE p.device_no = d.device_no AND p.time >= $2::timestamptz AND p.time < $3::timestamptz
      AND p.time < to_timestamp((d.last_day + 1) * ${dayMs / 1000}::float8)
      AND p.bike_no = d.bike_no AND p.flag IS NULL
    ORDER BY p.time DESC LIMIT 1
  ) AS f`

/** The last fix that each of the bikes' devices reported within a span. */
async function readLast(
  reads: PostgresReads,
  bikeNos: readonly number[],
  fromMs: number,
  toMs: number,
  places: Places,
): Promise<void> {
  const span = [new Date(fromMs).toISOString(), new Date(toMs).toISOString(), dayOf(fromMs), dayOf(toMs - 1)]
  await readPlaces(reads, lastText, [bikeNos, ...span], places)
}
