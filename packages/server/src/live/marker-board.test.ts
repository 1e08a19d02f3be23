import { decodePositionFrame } from '@fleet/api'
import type { LatestFix } from '@fleet/domain'
import { expect, test } from 'vitest'
import { MarkerBoard } from './marker-board.ts'

const makeMarker = (bikeNo: number, timeMs: number): LatestFix => ({
  bikeNo,
  timeMs,
  courierNo: null,
  deviceNo: bikeNo,
  receivedAtMs: timeMs + 50,
  lat: 52.37,
  lon: 4.89,
  speedMps: null,
  headingDeg: null,
  accuracyM: null,
  altitudeM: null,
  batteryPct: null,
  charging: null,
  odometerM: 0,
})

const bikesIn = (frame: Uint8Array | null) =>
  frame === null ? null : decodePositionFrame(frame)!.markers.map(({ bikeNo, timeMs }) => [bikeNo, timeMs])

test('a client gets what moved after its revision, newest only, however long it did not listen', () => {
  const board = new MarkerBoard()
  board.update([makeMarker(1, 10), makeMarker(2, 10)])
  const { revision } = board
  for (let t = 11; t < 1_000; t++) board.update([makeMarker(1, t)])
  expect(bikesIn(board.frameAfter(revision, 0))).toEqual([[1, 999]])
  expect(bikesIn(board.frameAfter(0, 0))).toEqual([
    [1, 999],
    [2, 10],
  ])
  expect(board.frameAfter(board.revision, 0)).toBeNull()
})

test('clients at one revision share the bytes of a frame', () => {
  const board = new MarkerBoard()
  board.update([makeMarker(1, 10)])
  const frame = board.frameAfter(0, 0)
  expect(board.frameAfter(0, 5)).toBe(frame)
  board.update([makeMarker(1, 11)])
  expect(board.frameAfter(0, 5)).not.toBe(frame)
})

test('an older or known marker is no news', () => {
  const board = new MarkerBoard()
  board.update([makeMarker(1, 10)])
  const { revision } = board
  board.update([makeMarker(1, 10), makeMarker(1, 9)])
  expect(board.revision).toBe(revision)
  expect(board.oldestAfter(revision)).toBeNull()
  expect(board.oldestAfter(0)).toBe(60)
})

test('a removed bike is no longer shown', () => {
  const board = new MarkerBoard()
  board.update([makeMarker(1, 10), makeMarker(2, 10)])
  board.forget(1)
  expect(bikesIn(board.frameAfter(0, 0))).toEqual([[2, 10]])
})
