import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readRecording } from './read-recording.ts'
import { countFlags, createTimetable } from './timetable.ts'

/*
 * Recorded rides whose licence does not allow us to ship them. Whoever has them beside the checkout runs these
 * tests as well; `ride.test.ts` covers the same code with rides of its own.
 */
const folder = new URL('../../../../../shared/data/rides/', import.meta.url).pathname

describe.runIf(existsSync(folder))('recorded rides beside the checkout', () => {
  test('a good ride is read whole, and nearly all of it moves the marker', async () => {
    const ride = await readRecording(`${folder}ride-good.csv.gz`)
    expect(ride.fixes.length).toBeGreaterThan(2_000)
    const flags = countFlags(createTimetable(ride, Date.now(), 10, { mode: 'now' }))
    expect(flags.jump + flags.future).toBe(0)
    expect(flags.inaccurate / ride.fixes.length).toBeLessThan(0.05)
  })

  test('a ride with bad GPS is read whole, and what is bad is flagged', async () => {
    const ride = await readRecording(`${folder}ride-bad-gps.csv.gz`)
    const flags = countFlags(createTimetable(ride, Date.now(), 1, { mode: 'now' }))
    expect(flags.inaccurate).toBeGreaterThan(50)
    expect(flags.future).toBe(0)
  })
})
