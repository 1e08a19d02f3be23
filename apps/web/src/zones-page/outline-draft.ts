import { findCrossing, checkOutline, type OutlineFault, type Point } from '@fleet/domain'

interface DraftState {
  readonly corners: readonly Point[]
  /** Not yet: corners are still being added at the end. */
  readonly closed: boolean
}

/** A border that is being drawn or changed. Each step gives a new one. */
export interface OutlineDraft extends DraftState {
  /** As it was before each step, oldest first. */
  readonly before: readonly DraftState[]
}

export const emptyDraft: OutlineDraft = { corners: [], closed: false, before: [] }

export const draftOf = (corners: readonly Point[]): OutlineDraft => ({ corners, closed: true, before: [] })

function step({ corners, closed, before }: OutlineDraft, next: Partial<DraftState>): OutlineDraft {
  const state = { corners, closed, ...next }
  return { ...state, corners: state.corners.map(toCentimetre), before: [...before, { corners, closed }] }
}

/** Digits beyond it are noise of the screen. */
const toCentimetre = ({ lat, lon }: Point): Point => ({
  lat: Math.round(lat * 1e7) / 1e7,
  lon: Math.round(lon * 1e7) / 1e7,
})

export const addCorner = (draft: OutlineDraft, at: Point): OutlineDraft =>
  step(draft, { corners: [...draft.corners, at] })

/** Stays open while the edge that closes it would cross another, or with fewer than three corners. */
export const closeDraft = (draft: OutlineDraft): OutlineDraft =>
  draft.closed || draft.corners.length < 3 || findCrossing(draft.corners, true) !== null
    ? draft
    : step(draft, { closed: true })

export const replaceCorners = (draft: OutlineDraft, corners: readonly Point[]): OutlineDraft =>
  step(draft, { corners, closed: true })

export const withMoved = (corners: readonly Point[], index: number, to: Point): readonly Point[] =>
  corners.with(index, to)

/** @param index of the corner that the new one comes after */
export const withInserted = (corners: readonly Point[], index: number, at: Point): readonly Point[] =>
  corners.toSpliced(index + 1, 0, at)

/** Three corners stay. */
export const withRemoved = (corners: readonly Point[], index: number): readonly Point[] =>
  corners.length <= 3 ? corners : corners.toSpliced(index, 1)

export const withAllMoved = (corners: readonly Point[], from: Point, to: Point): readonly Point[] =>
  corners.map(({ lat, lon }) => ({ lat: lat + to.lat - from.lat, lon: lon + to.lon - from.lon }))

export const middleOfEdge = (corners: readonly Point[], index: number): Point => {
  const [a, b] = [corners[index]!, corners[(index + 1) % corners.length]!]
  return { lat: (a.lat + b.lat) / 2, lon: (a.lon + b.lon) / 2 }
}

export function takeBack(draft: OutlineDraft): OutlineDraft {
  const last = draft.before.at(-1)
  return last === undefined ? draft : { ...last, before: draft.before.slice(0, -1) }
}

/** What is wrong with what there is so far; too few corners are wrong only once it is closed. */
export function draftFault({ corners, closed }: DraftState): OutlineFault | null {
  if (closed) return checkOutline(corners)
  const edges = findCrossing(corners, false)
  return edges === null ? null : { kind: 'crosses', edges }
}
