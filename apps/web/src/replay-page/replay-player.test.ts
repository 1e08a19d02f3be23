import { type Bike, minuteMs } from '@fleet/domain'
import { beforeEach, expect, test } from 'vitest'
import { TrailBuffer } from '../map/markers/trail-buffer.ts'
import { ReplayPlayer } from './replay-player.ts'
import type { LoadTracks } from './track-chunks.ts'

const startMs = 24 * 60 * minuteMs
const hour = { fromMs: startMs, toMs: startMs + 60 * minuteMs }
const bike = (no: number) => ({ no, code: `AMS-000${no}`, kind: 'city' }) as Bike

const northAt = (ms: number) => 52 + (ms - startMs) / 1e8

/** Bike 1 rides north all the time, with a fix every ten seconds; bike 2 was seen once, before the window. */
const load: LoadTracks = ({ fromMs, toMs }) => {
  const times = Array.from({ length: (toMs - fromMs) / 10_000 }, (_, i) => fromMs + i * 10_000)
  const column = (values: readonly number[]) => Float64Array.from(values)
  return Promise.resolve(
    new Map([
      [
        1,
        {
          timesMs: column(times),
          lats: column(times.map(northAt)),
          lons: column(times.map(() => 4.9)),
        },
      ],
      [2, { timesMs: column([startMs - 30 * minuteMs]), lats: column([52.4]), lons: column([4.8]) }],
    ]),
  )
}
const settle = () => new Promise((resolve) => setTimeout(resolve))

let player: ReplayPlayer
beforeEach(async () => {
  player = new ReplayPlayer(60)
  player.setBikes([bike(1), bike(2), bike(3)])
  player.open(hour, startMs + 10 * minuteMs, load)
  await settle()
})
const markerOf = (no: number) => {
  const slot = player.markers.slotOfNo.get(no)!
  return { slot, placed: player.markers.isPlaced(slot), lat: player.markers.lat[slot]! }
}

test('shows every bike where it was, and those nowhere of which nothing is known', () => {
  expect(markerOf(1)).toMatchObject({ placed: true, lat: northAt(startMs + 10 * minuteMs) })
  expect(player.markers.fixTimeMs[markerOf(1).slot]).toBe(startMs + 10 * minuteMs)
  expect(markerOf(2)).toMatchObject({ placed: true, lat: 52.4 })
  expect(player.markers.fixTimeMs[markerOf(2).slot]).toBe(startMs - 30 * minuteMs)
  expect(markerOf(3).placed).toBe(false)
})

test('goes on by the time of watching times the speed, and stops at the end', async () => {
  player.play()
  player.advance(100)
  expect(player.nowMs()).toBe(startMs + 10 * minuteMs + 6_000)
  player.setSpeed(5)
  await settle()
  player.advance(100)
  expect(player.nowMs()).toBe(startMs + 10 * minuteMs + 6_500)
  // What a laptop slept is not caught up with.
  player.advance(1e9)
  expect(player.nowMs()).toBe(startMs + 10 * minuteMs + 11_500)
  player.setSpeed(120)
  player.seek(startMs + 59.5 * minuteMs)
  await settle()
  for (let i = 0; i < 10; i++) player.advance(100)
  expect(player.nowMs()).toBe(hour.toMs)
  expect(player.view.playing).toBe(false)
  player.play()
  expect(player.nowMs()).toBe(startMs)
})

test('waits where tracks are missing, and says so', async () => {
  const arrivals: (() => void)[] = []
  const slow: LoadTracks = (...call) =>
    new Promise((resolve) => arrivals.push(() => void load(...call).then(resolve)))
  player.open(hour, startMs, slow)
  player.play()
  player.advance(16)
  expect(player.view).toMatchObject({ playing: true, waiting: true })
  expect(player.nowMs()).toBe(startMs)
  for (const arrive of arrivals) arrive()
  await settle()
  player.advance(16)
  expect(player.view.waiting).toBe(false)
  expect(player.nowMs()).toBe(startMs + 960)
})

test('trails are of the last minutes, and end at the marker', () => {
  player.seek(startMs + 10 * minuteMs + 5_000)
  const buffer = new TrailBuffer()
  player.packTrails(buffer)
  // Thirty steps of ten seconds, of which the oldest begins before, and the half one to the marker.
  expect(buffer.count).toBe(30)
  const floats = new Float32Array(buffer.bytes.buffer)
  expect(floats[3]! + 52.37).toBeCloseTo(markerOf(1).lat, 4)
  expect(floats[6]).toBe(0)
})
