import { crc32 } from 'node:zlib'
import type { DeviceContact } from '@fleet/store'
import type { Fix } from '@fleet/domain'

/**
 * A fix as the spool keeps it: an item of a batch (`trackers/batch.ts`) and whom it counted for when it came. By the
 * words of the batch, so that what had to be set aside can be sent again as it is.
 */
export interface SpooledFix {
  readonly device: string
  readonly time: number
  readonly lat: number
  readonly lon: number
  readonly speed_mps: number | null
  readonly heading_deg: number | null
  readonly accuracy_m: number | null
  readonly altitude_m: number | null
  readonly battery_pct: number | null
  readonly charging: boolean | null
  readonly attributes: Fix['attributes']
  readonly bike_no: number | null
  readonly courier_no: number | null
}

/** What was taken at one moment. */
export interface SpoolRecord {
  /** Epoch milliseconds. */
  readonly receivedAtMs: number
  readonly fixes: readonly SpooledFix[]
  readonly heartbeats: readonly DeviceContact[]
}

/** What a frame says of its record before the record is read. */
export interface FrameHead {
  readonly receivedAtMs: number
  readonly fixes: number
  /** Of the whole frame. */
  readonly bytes: number
}

/*
 * A frame: length of the text (u32), CRC-32 of all that follows (u32), number of fixes (u32), time of reception (f64),
 * the text (JSON, UTF-8). Little-endian. Length and checksum tell a record that was cut off from one that is whole.
 */
const headBytes = 20
/** More than any record has: a length beyond it was not written by us. */
const maxTextBytes = 64 * 1024 * 1024

export function encodeFrame({ receivedAtMs, fixes, heartbeats }: SpoolRecord): Buffer {
  const text = Buffer.from(JSON.stringify({ fixes, heartbeats }))
  const frame = Buffer.allocUnsafe(headBytes + text.length)
  frame.writeUInt32LE(text.length, 0)
  frame.writeUInt32LE(fixes.length, 8)
  frame.writeDoubleLE(receivedAtMs, 12)
  text.copy(frame, headBytes)
  frame.writeUInt32LE(crc32(frame.subarray(8)), 4)
  return frame
}

/**
 * Looks at the frame that begins at `offset`.
 *
 * @returns `cut off` when the bytes end before the frame does, `damaged` when it is none of ours
 */
export function readFrameHead(bytes: Buffer, offset: number): FrameHead | 'cut off' | 'damaged' {
  if (bytes.length - offset < headBytes) return 'cut off'
  const textBytes = bytes.readUInt32LE(offset)
  if (textBytes === 0 || textBytes > maxTextBytes) return 'damaged'
  const end = offset + headBytes + textBytes
  if (end > bytes.length) return 'cut off'
  if (crc32(bytes.subarray(offset + 8, end)) !== bytes.readUInt32LE(offset + 4)) return 'damaged'
  return {
    fixes: bytes.readUInt32LE(offset + 8),
    receivedAtMs: bytes.readDoubleLE(offset + 12),
    bytes: end - offset,
  }
}

/**
 * Where the first whole frame at or behind `from` begins; null when there is none.
 *
 * What it finds is one: a length has a byte below 4 at its end, which the text, being JSON, never has, and the checksum is
 * right.
 */
export function findFrame(bytes: Buffer, from: number): number | null {
  for (let at = from; at < bytes.length; at++) if (typeof readFrameHead(bytes, at) !== 'string') return at
  return null
}

/** The record of a frame that `readFrameHead` found whole. */
export function decodeFrame(bytes: Buffer, offset: number, head: FrameHead): SpoolRecord {
  const text = bytes.toString('utf8', offset + headBytes, offset + head.bytes)
  const { fixes, heartbeats } = JSON.parse(text) as Pick<SpoolRecord, 'fixes' | 'heartbeats'>
  return { receivedAtMs: head.receivedAtMs, fixes, heartbeats }
}
