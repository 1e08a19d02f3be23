import { AppError, dayMs } from '@fleet/domain'
import { earliestStorableMs } from './positions-batch.ts'
import type { HistoryQuery } from './port.ts'

/** A place in the order of history: time, device, place. That order has no ties, since it is the identity. */
export interface HistoryPlace {
  readonly timeMs: number
  readonly deviceNo: number
  readonly latE7: number
  readonly lonE7: number
}

/** 1 January 2200: no stored fix is later, and both databases can hold it. */
const latestMs = Date.UTC(2200, 0, 1)
const maxInt4 = 2 ** 31 - 1

export function renderCursor(place: HistoryPlace): string {
  const text = `${place.timeMs}.${place.deviceNo}.${place.latE7}.${place.lonE7}`
  return Buffer.from(text).toString('base64url')
}

/** @throws AppError usage, when the text is none of `renderCursor`'s */
export function parseCursor(cursor: string): HistoryPlace {
  const match = /^(\d{1,16})\.(\d{1,10})\.(-?\d{1,10})\.(-?\d{1,10})$/.exec(
    Buffer.from(cursor, 'base64url').toString('latin1'),
  )
  const [timeMs, deviceNo, latE7, lonE7] = (match?.slice(1).map(Number) ?? []) as [
    number,
    number,
    number,
    number,
  ]
  // Digits that no column holds are none of ours either, and PostgreSQL would call them an error.
  if (!match || timeMs > latestMs || [deviceNo, latE7, lonE7].some((no) => Math.abs(no) > maxInt4))
    throw new AppError('usage', 'This is no cursor of the position history.', {
      fix: 'Start again without a cursor.',
    })
  return { timeMs, deviceNo, latE7, lonE7 }
}

/** The rows that a history query may still return: `fromMs <= time < toMs`, and after `after`. */
export interface HistoryRange {
  readonly fromMs: number
  readonly toMs: number
  readonly after: HistoryPlace
}

/**
 * @throws AppError usage on a bad cursor
 * @throws TypeError when the query names nobody: it would read everything
 */
export function historyRange(query: HistoryQuery): HistoryRange {
  if (query.bikeNo === undefined && query.courierNo === undefined && query.deviceNo === undefined)
    throw new TypeError('A history query names a bike, a courier or a device')
  const fromMs = clamp(Math.ceil(query.fromMs))
  const toMs = clamp(Math.ceil(query.toMs))
  // Numbers of devices are positive: this place is before all others of its time.
  if (query.cursor === undefined)
    return { fromMs, toMs, after: { timeMs: fromMs, deviceNo: -1, latE7: 0, lonE7: 0 } }
  const after = parseCursor(query.cursor)
  return { fromMs: Math.max(fromMs, clamp(after.timeMs)), toMs, after }
}

/** A device and the part of the range in which it reported for the bike or courier asked for. */
export interface DeviceRange {
  readonly deviceNo: number
  readonly fromMs: number
  readonly toMs: number
}

/** Narrows `range` to the days `firstDay` to `lastDay`; null when nothing is left. */
export function deviceRange(
  range: HistoryRange,
  deviceNo: number,
  firstDay: number,
  lastDay: number,
): DeviceRange | null {
  const fromMs = Math.max(range.fromMs, firstDay * dayMs)
  const toMs = Math.min(range.toMs, (lastDay + 1) * dayMs)
  return fromMs < toMs ? { deviceNo, fromMs, toMs } : null
}

/** The part of a span in which positions may be stored; whole milliseconds. */
export function storableSpan(span: { readonly fromMs: number; readonly toMs: number }): {
  fromMs: number
  toMs: number
} {
  return { fromMs: clamp(Math.ceil(span.fromMs)), toMs: clamp(Math.ceil(span.toMs)) }
}

function clamp(timeMs: number): number {
  return Math.min(Math.max(timeMs, earliestStorableMs), latestMs)
}
