import type { Point } from '@fleet/domain'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  addCorner,
  closeDraft,
  draftFault,
  draftOf,
  emptyDraft,
  middleOfEdge,
  type OutlineDraft,
  replaceCorners,
  takeBack,
  withAllMoved,
  withInserted,
  withMoved,
  withRemoved,
} from './outline-draft.ts'

const corner = (lat: number, lon: number): Point => ({ lat: 52 + lat / 100, lon: 4 + lon / 100 })
const triangle = [corner(0, 0), corner(0, 2), corner(2, 0)]
const drawn = (...corners: readonly Point[]) => corners.reduce(addCorner, emptyDraft)

test('corners are added until the outline is closed', () => {
  const draft = closeDraft(drawn(...triangle))
  expect(draft).toMatchObject({ corners: triangle, closed: true })
  expect(draftFault(draft)).toBeNull()
  expect(closeDraft(draft)).toBe(draft)
})

test('with two corners, or an edge that would cross another, it stays open', () => {
  expect(closeDraft(drawn(...triangle.slice(0, 2))).closed).toBe(false)
  const hook = drawn(corner(0, 0), corner(0, 4), corner(2, 4), corner(2, 2), corner(-2, 2))
  expect(draftFault(hook)).toMatchObject({ kind: 'crosses' })
  expect(closeDraft(hook).closed).toBe(false)
  const open = drawn(
    corner(5, 5),
    corner(2, 5),
    corner(2, 8),
    corner(8, 8),
    corner(8, 2),
    corner(0, 2),
    corner(0, 9),
  )
  expect(draftFault(open)).toBeNull()
  expect(closeDraft(open).closed).toBe(false)
})

test('an outline that is drawn is not too small before it is closed', () => {
  const tiny = [corner(0, 0), corner(0, 0.001), corner(0.001, 0)]
  expect(draftFault(drawn(...tiny))).toBeNull()
  expect(draftFault(closeDraft(drawn(...tiny)))).toEqual({ kind: 'too_small' })
})

test('corners are inserted in the middle of an edge, moved and removed, and three stay', () => {
  const middle = middleOfEdge(triangle, 2)
  expect(middle.lat).toBeCloseTo(corner(1, 0).lat)
  const four = withInserted(triangle, 2, middle)
  expect(four).toEqual([...triangle, middle])
  expect(withMoved(four, 3, corner(1, -1))[3]).toEqual(corner(1, -1))
  expect(withRemoved(four, 0)).toEqual([triangle[1], triangle[2], middle])
  expect(withRemoved(triangle, 0)).toBe(triangle)
})

test('a zone that is moved keeps its form', () => {
  const moved = withAllMoved(triangle, corner(0, 0), corner(1, 3))
  expect(moved[0]!.lat).toBeCloseTo(corner(1, 3).lat)
  expect(moved[1]!.lon - moved[0]!.lon).toBeCloseTo(0.02)
})

const at = fc.record({
  lat: fc.double({ min: 52, max: 53, noNaN: true }),
  lon: fc.double({ min: 4, max: 5, noNaN: true }),
})
const stepOf = fc.oneof(
  at.map((point) => (draft: OutlineDraft) => (draft.closed ? draft : addCorner(draft, point))),
  fc.constant(closeDraft),
  fc.tuple(fc.nat(), at).map(([n, point]) => (draft: OutlineDraft) => {
    const { corners } = draft
    return draft.closed ? replaceCorners(draft, withMoved(corners, n % corners.length, point)) : draft
  }),
  fc.nat().map((n) => (draft: OutlineDraft) => {
    const { corners } = draft
    return draft.closed ? replaceCorners(draft, withRemoved(corners, n % corners.length)) : draft
  }),
)

test('taking back as often as something was done leads to where it began', () => {
  fc.assert(
    fc.property(fc.array(stepOf), fc.boolean(), (steps, fromNothing) => {
      const start = fromNothing ? emptyDraft : draftOf(triangle)
      let draft = steps.reduce((before, act) => act(before), start)
      for (let left = draft.before.length; left > 0; left--) draft = takeBack(draft)
      expect(draft).toEqual(start)
      expect(takeBack(draft)).toBe(draft)
    }),
  )
})
