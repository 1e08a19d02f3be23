import { dayMs, type LatestFix } from '@fleet/domain'
import type { PoolClient } from 'pg'
import { dayOf, newerContact } from '../positions-batch.ts'
import { PositionMemory } from '../positions-memory.ts'
import type { PositionOwners, PositionStore } from '../positions-port.ts'
import type { DeviceContact } from '../port.ts'
import type { PostgresConnection, PostgresReads } from './connection.ts'
import { appendFixes } from './positions-append.ts'
import { readHistory } from './positions-history.ts'
import { createPartitionDays, daysAround, readPartitions } from './positions-partitions.ts'
import { readTracks } from './positions-tracks.ts'
import { maintainPartitions } from './positions-upkeep.ts'

/** Fixes of these last days may still come in numbers, from phones that had no network. */
const daysLeftAlone = 2

/**
 * The half of the PostgreSQL store that keeps positions.
 *
 * @param reads for what may be a little old: history and tracks
 */
export function createPostgresPositions(
  connection: PostgresConnection,
  reads: PostgresReads = connection,
): PositionStore<PoolClient> {
  const memory = new PositionMemory()
  const partitions = createPartitionDays(connection)
  return {
    appendFixes: (batch) => appendFixes(connection, partitions, memory, batch),
    history: (query) => readHistory(reads, query),
    tracks: (query) => readTracks(reads, query),
    latestFixes: (sinceReceivedMs) =>
      connection.withClient((client) =>
        readLatest(client, 'WHERE received_at > $1::timestamptz', [toTimestamp(sinceReceivedMs)]),
      ),
    deviceContacts: () => connection.withClient((client) => readContacts(client, memory)),
    allLatestIn: (tx) => readLatest(tx, '', []),
    clearHistory: (deviceNos) => clearHistory(connection, deviceNos),
    async clearFor(tx, owners) {
      await clearPositions(tx, owners)
      memory.forgetUses()
      memory.forgetDevices(owners.deviceNos)
    },
    async maintainPositions(nowMs, positionsDays) {
      const today = dayOf(nowMs)
      memory.keepFrom((today - positionsDays) * dayMs)
      // Another instance may have dropped what this one remembers.
      partitions.forget()
      memory.forgetUses()
      await partitions.ensure(daysAround(nowMs))
      await maintainPartitions(connection, {
        dropBefore: today - positionsDays,
        clusterBefore: today - daysLeftAlone,
      })
    },
  }
}

/** Any number of milliseconds as a timestamp that PostgreSQL and `Date` take. */
function toTimestamp(timeMs: number): string {
  return new Date(Math.min(Math.max(timeMs, 0), Date.UTC(9999, 0, 1))).toISOString()
}

async function readLatest(
  client: PoolClient,
  where: '' | 'WHERE received_at > $1::timestamptz',
  values: readonly string[],
): Promise<readonly LatestFix[]> {
  const { rows } = await client.query<LatestRow>(
    `SELECT bike_no, device_no, courier_no, date_part('epoch', time) AS time_s,
       date_part('epoch', received_at) AS received_at_s, lat_e7, lon_e7, speed_mps, heading_deg, accuracy_m, altitude_m,
       battery_pct, charging, odometer_m
     FROM latest_fix ${where} ORDER BY bike_no`,
    [...values],
  )
  return rows.map((row) => ({
    bikeNo: row.bike_no,
    deviceNo: row.device_no,
    courierNo: row.courier_no,
    timeMs: Math.round(row.time_s * 1000),
    receivedAtMs: Math.round(row.received_at_s * 1000),
    lat: row.lat_e7 / 1e7,
    lon: row.lon_e7 / 1e7,
    speedMps: row.speed_mps,
    headingDeg: row.heading_deg,
    accuracyM: row.accuracy_m,
    altitudeM: row.altitude_m,
    batteryPct: row.battery_pct,
    charging: row.charging,
    odometerM: row.odometer_m,
  }))
}

interface LatestRow {
  bike_no: number
  device_no: number
  courier_no: number | null
  time_s: number
  received_at_s: number
  lat_e7: number
  lon_e7: number
  speed_mps: number | null
  heading_deg: number | null
  accuracy_m: number | null
  altitude_m: number | null
  battery_pct: number | null
  charging: boolean | null
  odometer_m: number
}

/** A marker is a contact too: that is what makes it unnecessary to write the contact with every fix. */
async function readContacts(client: PoolClient, memory: PositionMemory): Promise<readonly DeviceContact[]> {
  const { rows } = await client.query<{
    device_no: number
    at_s: number
    battery_pct: number | null
    charging: boolean | null
  }>(
    `SELECT device_no, date_part('epoch', at) AS at_s, battery_pct, charging FROM device_contact
     UNION ALL
     SELECT device_no, date_part('epoch', received_at), battery_pct, charging FROM latest_fix`,
  )
  const newest = new Map<number, DeviceContact>()
  const add = (contact: DeviceContact) =>
    newest.set(contact.deviceNo, newerContact(newest.get(contact.deviceNo), contact))
  for (const row of rows)
    add({
      deviceNo: row.device_no,
      atMs: Math.round(row.at_s * 1000),
      batteryPct: row.battery_pct,
      charging: row.charging,
    })
  for (const contact of memory.unwrittenContacts()) add(contact)
  return [...newest.values()].sort((a, b) => a.deviceNo - b.deviceNo)
}

/** A day at a time: some seconds for a million rows, below the limit of a statement. */
async function clearHistory(connection: PostgresConnection, deviceNos: readonly number[]): Promise<void> {
  const days = await connection.withClient((client) => readPartitions(client))
  for (const day of days.keys())
    await connection.withClient(
      (client) =>
        client.query(
          'DELETE FROM position WHERE device_no = ANY($1::int4[]) AND time >= $2::timestamptz AND time < $3::timestamptz',
          [deviceNos, toTimestamp(day * dayMs), toTimestamp((day + 1) * dayMs)],
        ),
      { writes: true },
    )
}

/** Inside the caller's transaction: all of it or nothing. */
async function clearPositions(
  tx: PoolClient,
  { bikeNos, courierNos, deviceNos }: PositionOwners,
): Promise<void> {
  await tx.query('DELETE FROM position WHERE device_no = ANY($1::int4[])', [deviceNos])
  // What other devices sent for these bikes and couriers.
  for (const [kind, column, subjectNos] of [
    ['bike', 'bike_no', bikeNos],
    ['courier', 'courier_no', courierNos],
  ] as const) {
    const { rows } = await tx.query<{ device_no: number; subject_no: number; day: number }>(
      'DELETE FROM tracker_use WHERE kind = $1 AND subject_no = ANY($2::int4[]) RETURNING device_no, subject_no, day',
      [kind, subjectNos],
    )
    await tx.query(
      `DELETE FROM position p USING unnest($1::int4[], $2::int4[], $3::timestamptz[], $4::timestamptz[])
         AS used (device_no, subject_no, from_time, to_time)
       WHERE p.device_no = used.device_no AND p.time >= used.from_time AND p.time < used.to_time
         AND p.${column} = used.subject_no`,
      [
        rows.map((row) => row.device_no),
        rows.map((row) => row.subject_no),
        rows.map((row) => toTimestamp(row.day * dayMs)),
        rows.map((row) => toTimestamp((row.day + 1) * dayMs)),
      ],
    )
  }
  await tx.query('DELETE FROM latest_fix WHERE bike_no = ANY($1::int4[])', [bikeNos])
  await tx.query('DELETE FROM device_contact WHERE device_no = ANY($1::int4[])', [deviceNos])
}
