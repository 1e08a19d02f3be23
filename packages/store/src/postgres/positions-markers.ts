import { sumRiddenM, type MarkerMove } from '../positions-batch.ts'
import type { DeviceContact } from '../port.ts'
import { booleanArray, doubleArray, integerArray, timestampArray } from './positions-binary.ts'
import type { PipelineStatement } from './pipeline.ts'

/**
 * Moves each marker to the last step of its bike unless it stands there or further, and adds what was ridden.
 *
 * ON CONFLICT locks the row and then sees its newest version, whoever wrote it, so the comparison and the sum are right
 * with any number of instances. Usually the marker is older than the first step and the whole sum is added. Otherwise
 * only the steps that are newer than the marker count: $16-$18 list all steps. `width_bucket` finds the bike's place in
 * the ascending array of bikes by binary search.
 */
const markerText = `INSERT INTO latest_fix AS held (bike_no, device_no, courier_no, time, received_at, lat_e7, lon_e7,
    speed_mps, heading_deg, accuracy_m, altitude_m, battery_pct, charging, odometer_m)
  SELECT * FROM unnest($1::int4[], $2::int4[], $3::int4[], $4::timestamptz[], $5::timestamptz[], $6::int4[], $7::int4[],
    $8::float8[], $9::float8[], $10::float8[], $11::float8[], $12::float8[], $13::bool[], $14::float8[])
  ON CONFLICT (bike_no) DO UPDATE SET device_no = excluded.device_no, courier_no = excluded.courier_no,
    time = excluded.time, received_at = excluded.received_at, lat_e7 = excluded.lat_e7, lon_e7 = excluded.lon_e7,
    speed_mps = excluded.speed_mps, heading_deg = excluded.heading_deg, accuracy_m = excluded.accuracy_m,
    altitude_m = excluded.altitude_m, battery_pct = excluded.battery_pct, charging = excluded.charging,
    odometer_m = held.odometer_m + CASE
      WHEN ($15::timestamptz[])[width_bucket(held.bike_no, $1::int4[])] > held.time THEN excluded.odometer_m
      ELSE (SELECT sum(step.ridden_m)
            FROM unnest($16::int4[], $17::timestamptz[], $18::float8[]) AS step (bike_no, time, ridden_m)
            WHERE step.bike_no = held.bike_no AND step.time > held.time)
    END
  WHERE excluded.time > held.time`

/** @param moves ascending by bike, as `planMarkers` gives them, so that two instances lock in the same order */
export function markerStatement(moves: readonly MarkerMove[], receivedAtMs: number): PipelineStatement {
  const last = moves.map((move) => move.steps.at(-1)!)
  const fixes = last.map((row) => row.fix)
  const bikeNos = integerArray(moves.map((move) => move.bikeNo))
  // A bike with one step never needs the list: if the marker is not older than it, nothing is written.
  const steps = moves.flatMap((move) => (move.steps.length > 1 ? move.steps : []))
  return {
    name: 'marker_move',
    text: markerText,
    values: [
      bikeNos,
      integerArray(fixes.map((fix) => fix.deviceNo)),
      integerArray(fixes.map((fix) => fix.courierNo)),
      timestampArray(last.map((row) => row.timeMs)),
      timestampArray(last.map(() => receivedAtMs)),
      integerArray(last.map((row) => row.latE7)),
      integerArray(last.map((row) => row.lonE7)),
      doubleArray(fixes.map((fix) => fix.speedMps)),
      doubleArray(fixes.map((fix) => fix.headingDeg)),
      doubleArray(fixes.map((fix) => fix.accuracyM)),
      doubleArray(fixes.map((fix) => fix.altitudeM)),
      doubleArray(fixes.map((fix) => fix.batteryPct)),
      booleanArray(fixes.map((fix) => fix.charging)),
      doubleArray(moves.map((move) => sumRiddenM(move.steps))),
      timestampArray(moves.map((move) => move.steps[0]!.timeMs)),
      integerArray(steps.map((row) => row.fix.bikeNo)),
      timestampArray(steps.map((row) => row.timeMs)),
      doubleArray(steps.map((row) => row.fix.riddenM)),
    ],
  }
}

const contactText = `INSERT INTO device_contact AS held (device_no, at, battery_pct, charging)
  SELECT * FROM unnest($1::int4[], $2::timestamptz[], $3::float8[], $4::bool[])
  ON CONFLICT (device_no) DO UPDATE SET at = excluded.at,
    battery_pct = coalesce(excluded.battery_pct, held.battery_pct),
    charging = coalesce(excluded.charging, held.charging)
  WHERE excluded.at >= held.at`

/** @param contacts ascending by device, each device once */
export function contactStatement(contacts: readonly DeviceContact[]): PipelineStatement {
  return {
    name: 'contact_write',
    text: contactText,
    values: [
      integerArray(contacts.map((contact) => contact.deviceNo)),
      timestampArray(contacts.map((contact) => contact.atMs)),
      doubleArray(contacts.map((contact) => contact.batteryPct)),
      booleanArray(contacts.map((contact) => contact.charging)),
    ],
  }
}
