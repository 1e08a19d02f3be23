import { Spool } from './spool.ts'

/* For spool.test.ts: writes records 0, 1, 2, ... and says after each that it was taken, until it is killed. */

const [, , folder, first] = process.argv
const quiet = () => undefined
const spool = await Spool.open({
  folder: folder!,
  maxBytes: 1e9,
  minFreeBytes: 0,
  // Small, so that files are begun and finished all the time.
  segmentBytes: 2_000,
  log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
})
const none = { altitude_m: null, charging: null, attributes: null, courier_no: null }
const moving = { lat: 52.37, lon: 4.89, speed_mps: 5, heading_deg: 0, accuracy_m: 5, battery_pct: 80 }
const fix = { device: 'tracker-1', time: 0, bike_no: 1, ...moving, ...none }
for (let next = Number(first); ; next++) {
  await spool.write([{ receivedAtMs: next, fixes: [fix], heartbeats: [] }])
  process.send!(next + 1)
}
