import { dayMs, distanceM, type Point } from '@fleet/domain'

/** One reading of a recorded ride. `null` means that the recording does not say. */
export interface RecordedFix extends Point {
  /** Since the ride's first fix. */
  readonly offsetMs: number
  readonly speedMps: number | null
  readonly headingDeg: number | null
  readonly accuracyM: number | null
  readonly altitudeM: number | null
}

export interface Recording {
  /** At least one, in order of time. */
  readonly fixes: readonly RecordedFix[]
  readonly durationMs: number
  /** When the ride began; null when the recording has times of day only. */
  readonly startedMs: number | null
  /** Time of day at the start, for a recording without dates. */
  readonly startedTimeOfDayMs: number
}

/** A reading with its own time, before the ride's start is known. */
export interface TimedFix extends Omit<RecordedFix, 'offsetMs'> {
  readonly atMs: number
}

/**
 * Puts readings in order of time. Recorders write a fix late now and then; a ride past midnight, noted in times of
 * day, must not run backwards for it.
 */
export function createRecording(timed: readonly TimedFix[], hasDates: boolean): Recording {
  let dayOffsetMs = 0
  const unrolled = timed.map((fix, index) => {
    const before = timed[index - 1]
    if (!hasDates && before && before.atMs - fix.atMs > dayMs / 2) dayOffsetMs += dayMs
    return { fix, atMs: fix.atMs + dayOffsetMs }
  })
  unrolled.sort((a, b) => a.atMs - b.atMs)
  const startMs = unrolled[0]?.atMs ?? 0
  const fixes = unrolled.map(({ fix, atMs }): RecordedFix => {
    const { lat, lon, speedMps, headingDeg, accuracyM, altitudeM } = fix
    return { lat, lon, speedMps, headingDeg, accuracyM, altitudeM, offsetMs: atMs - startMs }
  })
  return {
    fixes,
    durationMs: fixes.at(-1)?.offsetMs ?? 0,
    startedMs: hasDates ? startMs : null,
    startedTimeOfDayMs: startMs % dayMs,
  }
}

/** The same ride the other way: whoever replays in a loop rides back, since a jump to the start would be flagged. */
export function reverseRecording(recording: Recording): Recording {
  const { fixes, durationMs } = recording
  const reversed = fixes.toReversed().map(({ offsetMs, headingDeg, ...reading }): RecordedFix =>
    Object.assign(reading, {
      offsetMs: durationMs - offsetMs,
      headingDeg: headingDeg === null ? null : (headingDeg + 180) % 360,
    }),
  )
  return { ...recording, fixes: reversed }
}

/** Metres along the ride. */
export function lengthM({ fixes }: Recording): number {
  let sumM = 0
  for (let i = 1; i < fixes.length; i++) sumM += distanceM(fixes[i - 1]!, fixes[i]!)
  return sumM
}
