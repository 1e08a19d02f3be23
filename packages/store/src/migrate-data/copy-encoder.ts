import { copyHeader, putBoolean, putInteger, putNull, putTimestamp } from '../postgres/positions-binary.ts'
import type { ColumnType, Row, Table, Value } from './tables.ts'

/** How the values of one type stand in the data of a binary COPY. */
interface Codec {
  /** Bytes of a value that is not null, without its length. */
  size(value: Exclude<Value, null>): number
  /** Writes length and value; returns where it ends. */
  put(to: Target, at: number, value: Exclude<Value, null>): number
}

interface Target {
  readonly buffer: Buffer
  readonly view: DataView
}

const text: Codec = {
  size: (value) => Buffer.byteLength(value as string),
  put({ buffer, view }, at, value) {
    const written = buffer.write(value as string, at + 4)
    view.setInt32(at, written)
    return at + 4 + written
  },
}

/** `jsonb` begins with the version of its format. */
const jsonb: Codec = {
  size: (value) => 1 + text.size(value),
  put(to, at, value) {
    const end = text.put(to, at + 1, value)
    to.view.setInt32(at, end - at - 4)
    to.view.setUint8(at + 4, 1)
    return end
  },
}

const codecs: Readonly<Record<ColumnType, Codec>> = {
  text,
  json: text,
  jsonb,
  integer: { size: () => 4, put: ({ view }, at, value) => putInteger(view, at, value as number) },
  bigint: {
    size: () => 8,
    put({ view }, at, value) {
      view.setInt32(at, 8)
      view.setBigInt64(at + 4, BigInt(value as string))
      return at + 12
    },
  },
  boolean: { size: () => 1, put: ({ view }, at, value) => putBoolean(view, at, value === 1) },
  'double precision': {
    size: () => 8,
    put({ view }, at, value) {
      view.setInt32(at, 8)
      view.setFloat64(at + 4, value as number)
      return at + 12
    },
  },
  'timestamp with time zone': {
    size: () => 8,
    put: ({ view }, at, value) => putTimestamp(view, at, value as number),
  },
  bytea: {
    size: (value) => (value as Uint8Array).length,
    put({ buffer, view }, at, value) {
      const bytes = value as Uint8Array
      view.setInt32(at, bytes.length)
      buffer.set(bytes, at + 4)
      return at + 4 + bytes.length
    },
  },
}

/** The rows as the data of `COPY table (columns) FROM STDIN (FORMAT binary)`; see `postgres/positions-binary.ts`. */
export function encodeRows(table: Table, rows: readonly Row[]): Buffer {
  const columns = table.columns.map(({ type }) => codecs[type])
  let size = copyHeader.length + 2
  for (const row of rows) {
    size += 2 + 4 * columns.length
    for (let i = 0; i < columns.length; i++) {
      const value = row[i]!
      if (value !== null) size += columns[i]!.size(value)
    }
  }
  const buffer = Buffer.allocUnsafe(size)
  const to = { buffer, view: new DataView(buffer.buffer, buffer.byteOffset, buffer.length) }
  copyHeader.copy(buffer)
  let at = copyHeader.length
  for (const row of rows) {
    to.view.setInt16(at, columns.length)
    at += 2
    for (let i = 0; i < columns.length; i++) {
      const value = row[i]!
      at = value === null ? putNull(to.view, at) : columns[i]!.put(to, at, value)
    }
  }
  to.view.setInt16(at, -1)
  return buffer.subarray(0, at + 2)
}
