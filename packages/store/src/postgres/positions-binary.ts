import { attributesText, type PositionRow } from '../positions-batch.ts'

/**
 * PostgreSQL's binary formats, written by hand: COPY of positions
 * (https://www.postgresql.org/docs/17/sql-copy.html, "Binary Format") and one-dimensional arrays as parameters
 * (array_recv in src/backend/utils/adt/arrayfuncs.c). Text would cost the server two to three times the parsing.
 */

/** Timestamps count microseconds from here. */
const postgresEpochMs = Date.UTC(2000, 0, 1)
export const copyHeader = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
const two32 = 2 ** 32

export const copyColumns = [
  'time',
  'received_at',
  'speed_mps',
  'heading_deg',
  'accuracy_m',
  'altitude_m',
  'battery_pct',
  'device_no',
  'lat_e7',
  'lon_e7',
  'bike_no',
  'courier_no',
  'charging',
  'flag',
  'attributes',
] as const

/** All columns at their widest, without the two texts: 2 of count, 4 of length each, then the values. */
const fixedRowBytes = 2 + copyColumns.length * 4 + 7 * 8 + 5 * 4 + 1
/** `inaccurate`, the longest flag, in ASCII. */
const flagBytes = 10

/** The rows as the data of `COPY position (copyColumns) FROM STDIN (FORMAT binary)`. */
export function encodeCopy(rows: readonly PositionRow[], receivedAtMs: number): Buffer {
  const texts: (Buffer | null)[] = []
  let size = copyHeader.length + 2 + rows.length * (fixedRowBytes + flagBytes)
  for (const { fix } of rows) {
    const text = attributesText(fix)
    const bytes = text === null ? null : Buffer.from(text)
    texts.push(bytes)
    if (bytes) size += bytes.length
  }
  const buffer = Buffer.allocUnsafe(size)
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length)
  copyHeader.copy(buffer)
  let at = copyHeader.length
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!
    const { fix } = row
    view.setInt16(at, copyColumns.length)
    at = putTimestamp(view, at + 2, row.timeMs)
    at = putTimestamp(view, at, receivedAtMs)
    at = putDouble(view, at, fix.speedMps)
    at = putDouble(view, at, fix.headingDeg)
    at = putDouble(view, at, fix.accuracyM)
    at = putDouble(view, at, fix.altitudeM)
    at = putDouble(view, at, fix.batteryPct)
    at = putInteger(view, at, fix.deviceNo)
    at = putInteger(view, at, row.latE7)
    at = putInteger(view, at, row.lonE7)
    at = putInteger(view, at, fix.bikeNo)
    at = putInteger(view, at, fix.courierNo)
    at = putBoolean(view, at, fix.charging)
    at = putFlag(buffer, view, at, fix.flag)
    const text = texts[i]!
    if (text === null) at = putNull(view, at)
    else {
      view.setInt32(at, text.length)
      text.copy(buffer, at + 4)
      at += 4 + text.length
    }
  }
  view.setInt16(at, -1)
  return buffer.subarray(0, at + 2)
}

/** An `int4[]` parameter. */
export function integerArray(values: readonly (number | null)[]): Buffer {
  return encodeArray(23, 4, values, putInteger)
}

/** A `timestamptz[]` parameter, of epoch milliseconds. */
export function timestampArray(values: readonly (number | null)[]): Buffer {
  return encodeArray(1184, 8, values, (view, at, value) =>
    value === null ? putNull(view, at) : putTimestamp(view, at, value),
  )
}

/** A `double precision[]` parameter. */
export function doubleArray(values: readonly (number | null)[]): Buffer {
  return encodeArray(701, 8, values, putDouble)
}

/** A `boolean[]` parameter. */
export function booleanArray(values: readonly (boolean | null)[]): Buffer {
  return encodeArray(16, 1, values, putBoolean)
}

function encodeArray<T>(
  elementOid: number,
  width: number,
  values: readonly T[],
  put: (view: DataView, at: number, value: T) => number,
): Buffer {
  // Zero elements have zero dimensions, not one dimension of length zero.
  const dimensions = values.length === 0 ? 0 : 1
  const buffer = Buffer.allocUnsafe(12 + dimensions * 8 + values.length * (4 + width))
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length)
  view.setInt32(0, dimensions)
  // The server sets the "has nulls" flag itself.
  view.setInt32(4, 0)
  view.setInt32(8, elementOid)
  if (dimensions === 0) return buffer
  view.setInt32(12, values.length)
  view.setInt32(16, 1)
  let at = 20
  for (const value of values) at = put(view, at, value)
  return buffer.subarray(0, at)
}

export function putNull(view: DataView, at: number): number {
  view.setInt32(at, -1)
  return at + 4
}

export function putInteger(view: DataView, at: number, value: number | null): number {
  if (value === null) return putNull(view, at)
  view.setInt32(at, 4)
  view.setInt32(at + 4, value)
  return at + 8
}

/** NaN and infinities are no readings, and could not be read back as JSON. */
function putDouble(view: DataView, at: number, value: number | null): number {
  if (value === null || !Number.isFinite(value)) return putNull(view, at)
  view.setInt32(at, 8)
  view.setFloat64(at + 4, value)
  return at + 12
}

export function putBoolean(view: DataView, at: number, value: boolean | null): number {
  if (value === null) return putNull(view, at)
  view.setInt32(at, 1)
  view.setUint8(at + 4, value ? 1 : 0)
  return at + 5
}

/** int64 in two halves: microseconds stay exact in a double until the year 2255. */
export function putTimestamp(view: DataView, at: number, timeMs: number): number {
  const us = (timeMs - postgresEpochMs) * 1000
  const high = Math.floor(us / two32)
  view.setInt32(at, 8)
  view.setInt32(at + 4, high)
  view.setUint32(at + 8, us - high * two32)
  return at + 12
}

function putFlag(buffer: Buffer, view: DataView, at: number, flag: string | null): number {
  if (flag === null) return putNull(view, at)
  const written = buffer.write(flag, at + 4, 'latin1')
  view.setInt32(at, written)
  return at + 4 + written
}
