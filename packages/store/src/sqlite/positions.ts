import { dayMs, type LatestFix } from '@fleet/domain'
import type { DatabaseSync } from 'node:sqlite'
import { dayOf, newerContact } from '../positions-batch.ts'
import { PositionMemory } from '../positions-memory.ts'
import type { PositionStore } from '../positions-port.ts'
import type { DeviceContact } from '../port.ts'
import type { SqliteConnection } from './connection.ts'
import { appendFixes } from './positions-append.ts'
import { readHistory } from './positions-history.ts'
import { clearHistory, clearPositions, dropOldPositions } from './positions-removal.ts'
import { readTracks } from './positions-tracks.ts'
import { prepared } from './statements.ts'

/** The half of the SQLite store that keeps positions. */
export function createSqlitePositions(connection: SqliteConnection): PositionStore<DatabaseSync> {
  const memory = new PositionMemory()
  return {
    appendFixes: (batch) => appendFixes(connection, memory, batch),
    history: async (query) => readHistory(connection.reader, query),
    tracks: (query) => readTracks(connection.reader, query),
    latestFixes: async (sinceReceivedMs) =>
      prepared(connection.reader, `${selectLatest} WHERE received_at_ms > ? ORDER BY bike_no`)
        .all(sinceReceivedMs)
        .map(toLatestFix),
    deviceContacts: async () => readContacts(connection.reader, memory),
    allLatestIn: async (tx) => prepared(tx, `${selectLatest} ORDER BY bike_no`).all().map(toLatestFix),
    clearHistory: (deviceNos) => clearHistory(connection, deviceNos),
    async clearFor(tx, owners) {
      clearPositions(tx, owners)
      memory.forgetUses()
      memory.forgetDevices(owners.deviceNos)
    },
    async maintainPositions(nowMs, positionsDays) {
      memory.keepFrom((dayOf(nowMs) - positionsDays) * dayMs)
      await dropOldPositions(connection, nowMs, positionsDays)
      memory.forgetUses()
    },
  }
}

const selectLatest = `SELECT bike_no, device_no, courier_no, time_ms, received_at_ms, lat_e7, lon_e7, speed_mps, heading_deg,
  accuracy_m, altitude_m, battery_pct, charging, odometer_m FROM latest_fix`

function toLatestFix(row: Record<string, unknown>): LatestFix {
  return {
    bikeNo: row['bike_no'] as number,
    deviceNo: row['device_no'] as number,
    courierNo: row['courier_no'] as number | null,
    timeMs: row['time_ms'] as number,
    receivedAtMs: row['received_at_ms'] as number,
    lat: (row['lat_e7'] as number) / 1e7,
    lon: (row['lon_e7'] as number) / 1e7,
    speedMps: row['speed_mps'] as number | null,
    headingDeg: row['heading_deg'] as number | null,
    accuracyM: row['accuracy_m'] as number | null,
    altitudeM: row['altitude_m'] as number | null,
    batteryPct: row['battery_pct'] as number | null,
    charging: row['charging'] === null ? null : row['charging'] === 1,
    odometerM: row['odometer_m'] as number,
  }
}

/** A marker is a contact too: that is what makes it unnecessary to write the contact with every fix. */
function readContacts(db: DatabaseSync, memory: PositionMemory): readonly DeviceContact[] {
  const rows = prepared(
    db,
    `SELECT device_no, at_ms, battery_pct, charging FROM device_contact
     UNION ALL SELECT device_no, received_at_ms, battery_pct, charging FROM latest_fix`,
  ).all()
  const newest = new Map<number, DeviceContact>()
  const add = (contact: DeviceContact) =>
    newest.set(contact.deviceNo, newerContact(newest.get(contact.deviceNo), contact))
  for (const row of rows)
    add({
      deviceNo: row['device_no'] as number,
      atMs: row['at_ms'] as number,
      batteryPct: row['battery_pct'] as number | null,
      charging: row['charging'] === null ? null : row['charging'] === 1,
    })
  for (const contact of memory.unwrittenContacts()) add(contact)
  return [...newest.values()].sort((a, b) => a.deviceNo - b.deviceNo)
}
