import { minuteMs } from '@fleet/domain'
import { afterEach, expect, test, vi } from 'vitest'
import type { BikeTrack } from './bike-track.ts'
import { type LoadTracks, TrackChunks } from './track-chunks.ts'
import type { Window } from './replay-search.ts'

const day: Window = { fromMs: 0, toMs: 24 * 60 * minuteMs }

/** One bike with a fix every minute; what is asked for waits until it is let go. */
function openLoads() {
  const spans: { span: Window; stepMs: number; signal: AbortSignal; arrive: () => void; fail: () => void }[] =
    []
  const load: LoadTracks = (span, stepMs, signal) =>
    new Promise((resolve, reject) => {
      const times = Array.from(
        { length: (span.toMs - span.fromMs) / minuteMs },
        (_, i) => span.fromMs + i * minuteMs,
      )
      const track: BikeTrack = {
        timesMs: Float64Array.from(times),
        lats: Float64Array.from(times, () => 52),
        lons: Float64Array.from(times, () => 4.9),
      }
      spans.push({
        span,
        stepMs,
        signal,
        arrive: () => resolve(new Map([[1, track]])),
        fail: () => reject(new Error('out of reach')),
      })
    })
  const settle = () => new Promise((resolve) => setTimeout(resolve))
  let arrived = 0
  const arriveAll = async () => {
    while (arrived < spans.length) {
      spans[arrived++]!.arrive()
      await settle()
    }
  }
  return { spans, load, arriveAll, settle }
}

afterEach(() => void vi.useRealTimers())

test('the piece under the play head is read first, two at a time, and never the whole window', async () => {
  const { spans, load, arriveAll } = openLoads()
  const chunks = new TrackChunks(day, load, () => {})
  chunks.want(12 * 60 * minuteMs + minuteMs, 60)
  expect(spans.map(({ span }) => span.fromMs / minuteMs)).toEqual([720, 690])
  await arriveAll()
  expect(spans.map(({ span }) => span.fromMs / minuteMs)).toEqual([720, 690, 750])
  expect(chunks.covered).toEqual({ fromMs: 690 * minuteMs, toMs: 780 * minuteMs })
  expect([...chunks.tracks.get(1)!.timesMs]).toEqual(
    Array.from({ length: 90 }, (_, i) => (690 + i) * minuteMs),
  )
})

test('playing may go on to where the next fixes are known, and to the end of the window', async () => {
  const { load, arriveAll } = openLoads()
  const chunks = new TrackChunks({ fromMs: 0, toMs: 40 * minuteMs }, load, () => {})
  expect(chunks.readyToMs(0)).toBe(0)
  chunks.want(0, 1)
  await arriveAll()
  expect(chunks.covered.toMs).toBe(10 * minuteMs)
  expect(chunks.readyToMs(0)).toBe(8 * minuteMs)
  expect(chunks.readyToMs(9 * minuteMs)).toBe(9 * minuteMs)
  chunks.want(0, 120)
  await arriveAll()
  expect(chunks.readyToMs(0)).toBe(40 * minuteMs)
})

test('while it plays from end to end, only a few pieces are held, and the head never waits in the dark', async () => {
  const { load, arriveAll } = openLoads()
  const chunks = new TrackChunks(day, load, () => {})
  let most = 0
  for (let ms = 0; ms < day.toMs; ms += 7 * minuteMs) {
    chunks.want(ms, 120)
    await arriveAll()
    most = Math.max(most, chunks.tracks.get(1)!.timesMs.length)
    expect(chunks.readyToMs(ms)).toBeGreaterThanOrEqual(Math.min(day.toMs, ms + 28 * minuteMs))
  }
  expect(most).toBeLessThanOrEqual(6 * 30)
})

test('a jump stops what is no longer wanted and keeps the last picture until the new one is there', async () => {
  const { spans, load, arriveAll, settle } = openLoads()
  const chunks = new TrackChunks(day, load, () => {})
  chunks.want(0, 60)
  await arriveAll()
  const before = chunks.tracks
  chunks.want(600 * minuteMs, 60)
  const mid = spans.length
  chunks.want(1200 * minuteMs, 60)
  expect(spans.slice(mid - 2, mid).every(({ signal }) => signal.aborted)).toBe(true)
  expect(chunks.tracks).toBe(before)
  expect(chunks.readyToMs(1200 * minuteMs)).toBe(1200 * minuteMs)
  spans[mid]!.arrive()
  await settle()
  expect(chunks.covered.fromMs).toBe(1200 * minuteMs)
})

test('what failed is said and tried again', async () => {
  const { spans, load, settle } = openLoads()
  const told = vi.fn<() => void>()
  const chunks = new TrackChunks(day, load, told)
  chunks.want(0, 60)
  spans[0]!.fail()
  await settle()
  expect(chunks.failed).toBe(true)
  expect(told).toHaveBeenCalled()
  chunks.retry()
  expect(chunks.failed).toBe(false)
  const again = spans.at(-1)!
  expect(again.span.fromMs).toBe(0)
  again.arrive()
  await settle()
  expect(chunks.covered.toMs).toBeGreaterThan(0)
  chunks.close()
})
