import { flagFix, type FixFlag } from '@fleet/domain'
import type { RecordedFix, Recording } from '@fleet/api/recording'

/** A fix, when it leaves, and the time that it claims. */
export interface Departure {
  readonly fix: RecordedFix
  readonly sendAtMs: number
  readonly fixTimeMs: number
}

export type TimeMode =
  /** As recorded; a recording without dates is put on `dateMs`. */
  | { readonly mode: 'keep'; readonly dateMs: number }
  /** Moved so that the last fix is as old as it would be live: none when it is sent. */
  | { readonly mode: 'now' }

/**
 * When each fix is sent, and with which time.
 *
 * Pacing is the recording's, divided by `speed`. The times between fixes stay as recorded whatever the speed: a ride
 * compressed tenfold would be a bike at 200 km/h, and flagged. So with mode `now` and a speed above 1 the ride begins
 * in the past and catches up with the clock at its end; nothing is ever in the future.
 */
export function createTimetable(
  recording: Recording,
  startMs: number,
  speed: number,
  times: TimeMode,
): Departure[] {
  const { fixes, durationMs, startedMs, startedTimeOfDayMs } = recording
  const firstFixMs =
    times.mode === 'keep'
      ? (startedMs ?? times.dateMs + startedTimeOfDayMs)
      : startMs + durationMs / speed - durationMs
  return fixes.map((fix) => ({
    fix,
    sendAtMs: startMs + fix.offsetMs / speed,
    fixTimeMs: Math.round(firstFixMs + fix.offsetMs),
  }))
}

/** What the app's own rule will flag, counted by reason. The tracker protocol does not answer with it. */
export function countFlags(departures: readonly Departure[]): Readonly<Record<FixFlag, number>> {
  const counts: Record<FixFlag, number> = { inaccurate: 0, jump: 0, future: 0 }
  let marker: Parameters<typeof flagFix>[1] = null
  for (const { fix, fixTimeMs, sendAtMs } of departures) {
    const reading = { lat: fix.lat, lon: fix.lon, accuracyM: fix.accuracyM, timeMs: fixTimeMs }
    const flag = flagFix(reading, marker, sendAtMs)
    if (flag) counts[flag]++
    else marker = reading
  }
  return counts
}
