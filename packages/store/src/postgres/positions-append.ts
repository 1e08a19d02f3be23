import type { PoolClient } from 'pg'
import {
  attributesText,
  planBatch,
  planMarkers,
  type BatchPlan,
  type PositionRow,
} from '../positions-batch.ts'
import { daysOf, type PositionMemory, type TrackerUse } from '../positions-memory.ts'
import type { DeviceContact, FixBatch, FixBatchResult } from '../port.ts'
import { waitForStandby } from './change-log.ts'
import type { PostgresConnection } from './connection.ts'
import { uniqueViolation } from './errors.ts'
import {
  copyColumns,
  booleanArray,
  doubleArray,
  encodeCopy,
  integerArray,
  timestampArray,
} from './positions-binary.ts'
import { contactStatement, markerStatement } from './positions-markers.ts'
import { noPartition, type PartitionDays } from './positions-partitions.ts'
import { runPipeline, type PipelineStatement } from './pipeline.ts'

/**
 * Stores a batch in one transaction. Two ways lead there:
 *
 * - Usually every fix is newer than all that its device has sent: COPY, markers and contacts go in one pipeline, one
 *   round trip. A repeat among them violates the key and undoes all of it; then the second way is taken.
 * - When a fix may be a repeat, or something has to be registered, INSERT ... ON CONFLICT says which rows are new, and
 *   only those move markers.
 *
 * Both write in the same order (positions by day and key, uses, markers by bike, contacts by device), so instances
 * that were given the same fixes wait for each other and do not deadlock.
 *
 * If this process or the server dies before the commit, nothing is stored; after it, all is. In both cases the tracker
 * was not answered and sends again, and what is there is recognised by its key. Memory is told after the commit.
 *
 * @throws AppError database_unavailable, outcome_unknown; the batch may be given again in every case
 */
export async function appendFixes(
  connection: PostgresConnection,
  partitions: PartitionDays,
  memory: PositionMemory,
  batch: FixBatch,
): Promise<FixBatchResult> {
  const everything = planBatch(batch, memory.keptFromMs)
  for (let attempt = 1; ; attempt++) {
    const gone = await partitions.ensure(daysOf(everything.rows))
    const plan: BatchPlan =
      gone.size === 0
        ? everything
        : { ...everything, rows: everything.rows.filter((row) => !gone.has(row.day)) }
    try {
      return { stored: await appendPlan(connection, memory, plan, batch) }
    } catch (error) {
      // Retention of another instance dropped a day that this one knew.
      if (!noPartition(error) || attempt === 3) throw error
      partitions.forget()
    }
  }
}

async function appendPlan(
  connection: PostgresConnection,
  memory: PositionMemory,
  plan: BatchPlan,
  batch: FixBatch,
): Promise<readonly boolean[]> {
  const uses = memory.newUses(plan.rows)
  const contacts = memory.dueContacts(plan, batch.receivedAtMs)
  const stored: boolean[] = Array(batch.fixes.length).fill(false)
  if (plan.rows.length > 0 || contacts.length > 0) {
    const allLookNew = uses.length === 0 && plan.rows.every((row) => memory.looksNew(row))
    if (allLookNew && (await appendNew(connection, plan, contacts, batch.receivedAtMs)))
      for (const row of plan.rows) stored[row.index] = true
    else await appendSome(connection, plan, uses, contacts, batch.receivedAtMs, stored)
  }
  memory.committed(plan, uses, contacts, batch.receivedAtMs)
  return stored
}

const copyText = `COPY position (${copyColumns.join(', ')}) FROM STDIN (FORMAT binary)`

/** @returns false when a row was there already: then nothing was stored */
async function appendNew(
  connection: PostgresConnection,
  plan: BatchPlan,
  contacts: readonly DeviceContact[],
  receivedAtMs: number,
): Promise<boolean> {
  const statements: PipelineStatement[] = []
  if (plan.rows.length > 0)
    statements.push({
      name: 'position_copy',
      text: copyText,
      values: [],
      copyData: encodeCopy(plan.rows, receivedAtMs),
    })
  const moves = planMarkers(plan.rows, () => true)
  if (moves.length > 0) statements.push(markerStatement(moves, receivedAtMs))
  if (contacts.length > 0) statements.push(contactStatement(contacts))
  return connection.withClient(
    async (client) => {
      try {
        await runPipeline(client, statements)
        return true
      } catch (error) {
        // Also after a first attempt whose answer was lost: the rows that are there may then be its own.
        if (uniqueViolation(error) !== null) return false
        throw error
      }
    },
    { writes: true },
  )
}

/** Sets `stored[row.index]` of each row that was not there. */
async function appendSome(
  connection: PostgresConnection,
  plan: BatchPlan,
  uses: readonly TrackerUse[],
  contacts: readonly DeviceContact[],
  receivedAtMs: number,
  stored: boolean[],
): Promise<void> {
  // A second attempt after a lost COMMIT finds its own rows and moves nothing twice.
  await connection.withTransaction(
    async (client) => {
      stored.fill(false)
      await insertPositions(client, plan.rows, receivedAtMs, stored)
      await insertUses(client, uses)
      const moves = planMarkers(plan.rows, (row) => stored[row.index]!)
      if (moves.length > 0) await run(client, markerStatement(moves, receivedAtMs))
      if (contacts.length > 0) await run(client, contactStatement(contacts))
      // The tracker is told that what was there already is durable.
      if (plan.rows.some((row) => !stored[row.index])) await client.query(waitForStandby)
    },
    { afterUnknownCommit: 'retry' },
  )
}

async function run(client: PoolClient, { name, text, values }: PipelineStatement): Promise<void> {
  await client.query({ name: `${name}_alone`, text, values: [...values] })
}

const insertText = `INSERT INTO position (${copyColumns.join(', ')})
  SELECT * FROM unnest($1::timestamptz[], $2::timestamptz[], $3::float8[], $4::float8[], $5::float8[], $6::float8[],
    $7::float8[], $8::int4[], $9::int4[], $10::int4[], $11::int4[], $12::int4[], $13::bool[], $14::text[], $15::json[])
  ON CONFLICT DO NOTHING
  RETURNING device_no, date_part('epoch', time) AS time_s, lat_e7, lon_e7`

async function insertPositions(
  client: PoolClient,
  rows: readonly PositionRow[],
  receivedAtMs: number,
  stored: boolean[],
): Promise<void> {
  if (rows.length === 0) return
  const fixes = rows.map((row) => row.fix)
  const result = await client.query<[number, number, number, number]>({
    name: 'position_insert',
    text: insertText,
    rowMode: 'array',
    values: [
      timestampArray(rows.map((row) => row.timeMs)),
      timestampArray(rows.map(() => receivedAtMs)),
      doubleArray(fixes.map((fix) => fix.speedMps)),
      doubleArray(fixes.map((fix) => fix.headingDeg)),
      doubleArray(fixes.map((fix) => fix.accuracyM)),
      doubleArray(fixes.map((fix) => fix.altitudeM)),
      doubleArray(fixes.map((fix) => fix.batteryPct)),
      integerArray(fixes.map((fix) => fix.deviceNo)),
      integerArray(rows.map((row) => row.latE7)),
      integerArray(rows.map((row) => row.lonE7)),
      integerArray(fixes.map((fix) => fix.bikeNo)),
      integerArray(fixes.map((fix) => fix.courierNo)),
      booleanArray(fixes.map((fix) => fix.charging)),
      fixes.map((fix) => fix.flag),
      fixes.map(attributesText),
    ],
  })
  if (result.rows.length === rows.length) {
    for (const row of rows) stored[row.index] = true
    return
  }
  const taken = new Set(
    result.rows.map(([deviceNo, timeS, latE7, lonE7]) =>
      [deviceNo, Math.round(timeS * 1000), latE7, lonE7].join('/'),
    ),
  )
  for (const { fix, timeMs, latE7, lonE7, index } of rows)
    stored[index] = taken.has([fix.deviceNo, timeMs, latE7, lonE7].join('/'))
}

async function insertUses(client: PoolClient, uses: readonly TrackerUse[]): Promise<void> {
  if (uses.length === 0) return
  await client.query({
    name: 'tracker_use_insert',
    text: `INSERT INTO tracker_use (kind, subject_no, day, device_no)
           SELECT * FROM unnest($1::text[], $2::int4[], $3::int4[], $4::int4[]) ON CONFLICT DO NOTHING`,
    values: [
      uses.map((use) => use.kind),
      integerArray(uses.map((use) => use.subjectNo)),
      integerArray(uses.map((use) => use.day)),
      integerArray(uses.map((use) => use.deviceNo)),
    ],
  })
}
