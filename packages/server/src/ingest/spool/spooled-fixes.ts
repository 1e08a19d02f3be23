import type { Fix } from '@fleet/domain'
import type { FixOwner, OwnedFixes, Submission } from '../submission.ts'
import type { SpooledFix, SpoolRecord } from './spool-record.ts'

/** A record is not longer, so that one is never more than one commit should be. */
const recordFixes = 500

/** What of a submission is not stored, as records. */
export function recordsOf(submission: Submission, receivedAtMs: number): SpoolRecord[] {
  const { fixes, owners, taken } = submission
  const records: SpoolRecord[] = []
  // Heartbeats were stored with the first fixes.
  let heartbeats = taken === 0 ? submission.heartbeats : []
  for (let at = taken; at < fixes.length || heartbeats.length > 0; at += recordFixes) {
    const to = Math.min(at + recordFixes, fixes.length)
    const spooled: SpooledFix[] = []
    for (let i = at; i < to; i++) spooled.push(toSpooled(fixes[i]!, owners[i]!))
    records.push({ receivedAtMs, fixes: spooled, heartbeats })
    heartbeats = []
  }
  return records
}

/**
 * @param findDevice the number of a tracker, null when nobody has registered it
 * @returns the fixes as ingest has them, and those of trackers that are registered no more
 */
export function fixesOf(
  records: readonly SpoolRecord[],
  findDevice: (trackerId: string) => number | null,
): { readonly owned: OwnedFixes; readonly unknown: readonly SpooledFix[] } {
  const fixes: Fix[] = []
  const owners: FixOwner[] = []
  const unknown: SpooledFix[] = []
  for (const record of records)
    for (const spooled of record.fixes) {
      const deviceNo = findDevice(spooled.device)
      if (deviceNo === null) unknown.push(spooled)
      else {
        fixes.push(toFix(spooled))
        owners.push({
          trackerId: spooled.device,
          deviceNo,
          bikeNo: spooled.bike_no,
          courierNo: spooled.courier_no,
        })
      }
    }
  return { owned: { fixes, owners, heartbeats: records.flatMap(({ heartbeats }) => heartbeats) }, unknown }
}

export function toSpooled(fix: Fix, owner: FixOwner): SpooledFix {
  return {
    device: owner.trackerId,
    time: fix.timeMs,
    lat: fix.lat,
    lon: fix.lon,
    speed_mps: fix.speedMps,
    heading_deg: fix.headingDeg,
    accuracy_m: fix.accuracyM,
    altitude_m: fix.altitudeM,
    battery_pct: fix.batteryPct,
    charging: fix.charging,
    attributes: fix.attributes,
    bike_no: owner.bikeNo,
    courier_no: owner.courierNo,
  }
}

function toFix(spooled: SpooledFix): Fix {
  return {
    timeMs: spooled.time,
    lat: spooled.lat,
    lon: spooled.lon,
    speedMps: spooled.speed_mps,
    headingDeg: spooled.heading_deg,
    accuracyM: spooled.accuracy_m,
    altitudeM: spooled.altitude_m,
    batteryPct: spooled.battery_pct,
    charging: spooled.charging,
    attributes: spooled.attributes,
  }
}
