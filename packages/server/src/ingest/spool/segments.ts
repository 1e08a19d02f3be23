import { type FileHandle, open, readdir, rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '../../log.ts'
import { findFrame, readFrameHead } from './spool-record.ts'

/** A file of frames, written once from its beginning to its end. */
export interface Segment {
  readonly no: number
  readonly path: string
  /** Where the last whole frame ends: what lies behind is none. */
  bytes: number
  /** Something in it could not be read: it is kept for a person when the rest of it was stored. */
  isDamaged: boolean
}

/** What is still to be stored of the segments that an earlier process left. */
export interface FoundSegments {
  readonly segments: Segment[]
  /** The highest number in the folder, those of damaged files included; 0 when there is none. */
  readonly lastNo: number
  readonly fixes: number
  readonly oldestMs: number | null
}

const namePattern = /^(\d{12})\.spool(\.damaged)?$/
export const segmentPath = (folder: string, no: number): string =>
  join(folder, `${String(no).padStart(12, '0')}.spool`)

const readBytes = 1024 * 1024

/**
 * Reads all segments of a folder once, oldest first.
 *
 * The last frame of the newest one may have been cut off when its process died: nobody was told that it was taken, so
 * it is cut away. Anything else that cannot be read is damage: what precedes and follows it is kept, and so is the file.
 */
export async function findSegments(folder: string, log: Log): Promise<FoundSegments> {
  const names = (await readdir(folder)).map((name) => namePattern.exec(name)).filter((name) => name !== null)
  const lastNo = Math.max(0, ...names.map(([, no]) => Number(no)))
  const numbers = names
    .flatMap(([, no, damaged]) => (damaged === undefined ? [Number(no)] : []))
    .sort((a, b) => a - b)
  const segments: Segment[] = []
  let fixes = 0
  let oldestMs: number | null = null
  for (const [index, no] of numbers.entries()) {
    const path = segmentPath(folder, no)
    const segment: Segment = { no, path, bytes: 0, isDamaged: false }
    const size = await withFile(path, async (handle) => {
      for (;;) {
        const bytes = await readFrames(handle, segment.bytes)
        const heads = wholeFrames(bytes)
        if (heads.length === 0) {
          const next = await findFrameIn(path, segment.bytes)
          if (next === null) return segment.bytes + bytes.length
          noteDamage(segment, segment.bytes, next, log)
          segment.bytes = next
          continue
        }
        for (const head of heads) {
          oldestMs ??= head.receivedAtMs
          fixes += head.fixes
          segment.bytes += head.bytes
        }
      }
    })
    const isNewest = index === numbers.length - 1
    if (size > segment.bytes && isNewest && (await endsCutOff(path, segment.bytes))) {
      log.warn(
        { path, bytes: size - segment.bytes },
        'The last record of the spool was cut off when the app ended; it was never acknowledged.',
      )
      await cutAt(path, segment.bytes)
    } else if (size > segment.bytes) {
      noteDamage(segment, segment.bytes, size, log)
    }
    segments.push(segment)
  }
  return { segments, lastNo, fixes, oldestMs }
}

/** Remembers that these bytes of it cannot be read, and says so. */
export function noteDamage(segment: Segment, from: number, to: number, log: Log): void {
  segment.isDamaged = true
  log.error(
    { path: segment.path, fromByte: from, bytes: to - from },
    'A part of the spool cannot be read; the file is kept.',
  )
}

/** Where the first whole frame at or behind `from` begins in the file; null when there is none. */
export async function findFrameIn(path: string, from: number): Promise<number | null> {
  const at = findFrame(await readFrom(path, from), 0)
  return at === null ? null : from + at
}

const readFrom = (path: string, from: number): Promise<Buffer> =>
  withFile(path, async (handle) => {
    const rest = Buffer.alloc(Math.max(0, (await handle.stat()).size - from))
    const { bytesRead } = await handle.read(rest, 0, rest.length, from)
    return rest.subarray(0, bytesRead)
  })

/** Whether what lies behind the last whole frame is the beginning of one, or what a disk leaves of one: zeros. */
async function endsCutOff(path: string, from: number): Promise<boolean> {
  const rest = await readFrom(path, from)
  return rest.every((byte) => byte === 0) || readFrameHead(rest, 0) === 'cut off'
}

/** On the disk too, or the next start would take the rest for damage. */
async function cutAt(path: string, bytes: number): Promise<void> {
  const handle = await open(path, 'r+')
  try {
    await handle.truncate(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function wholeFrames(bytes: Buffer) {
  const heads = []
  for (let at = 0; ;) {
    const head = readFrameHead(bytes, at)
    if (typeof head === 'string') return heads
    heads.push(head)
    at += head.bytes
  }
}

/** The bytes from `offset`: at least one whole frame if there is one, else all that is left. */
export async function readFrames(handle: FileHandle, offset: number): Promise<Buffer> {
  for (let length = readBytes; ; length *= 4) {
    const buffer = Buffer.allocUnsafe(length)
    const { bytesRead } = await handle.read(buffer, 0, length, offset)
    const bytes = buffer.subarray(0, bytesRead)
    if (bytesRead < length || readFrameHead(bytes, 0) !== 'cut off') return bytes
  }
}

/** Ends the life of a segment of which everything is stored. A damaged one is kept under another name. */
export async function removeSegment({ path, isDamaged }: Segment): Promise<void> {
  if (isDamaged) await rename(path, `${path}.damaged`)
  else await unlink(path)
}

export async function withFile<T>(path: string, work: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(path, 'r')
  try {
    return await work(handle)
  } finally {
    await handle.close()
  }
}
