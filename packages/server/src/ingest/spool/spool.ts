import { chmod, type FileHandle, open, statfs } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { AppError } from '@fleet/domain'
import { makeFolder } from '@fleet/store'
import { type FileLock, lockFileAlone } from '../../file-lock.ts'
import type { Log } from '../../log.ts'
import {
  findFrameIn,
  findSegments,
  type FoundSegments,
  noteDamage,
  readFrames,
  removeSegment,
  type Segment,
  segmentPath,
  withFile,
} from './segments.ts'
import {
  decodeFrame,
  encodeFrame,
  type FrameHead,
  readFrameHead,
  type SpooledFix,
  type SpoolRecord,
} from './spool-record.ts'

export interface SpoolOptions {
  /** Made if it is not there; for this process alone. */
  readonly folder: string
  /** What the spool may hold on disk. */
  readonly maxBytes: number
  /** What it leaves free on its disk, for everybody else there. */
  readonly minFreeBytes?: number
  /** A new file begins when one is this long; each goes when everything in it is stored. */
  readonly segmentBytes?: number
  readonly log: Log
}

/** Records that were taken, oldest first, to be given back to `remove` when they are stored. */
export interface SpoolBatch {
  readonly records: readonly SpoolRecord[]
  /** When the last of them was received, epoch milliseconds. */
  readonly receivedAtMs: number
  readonly fixes: number
  readonly segment: Segment
  /** Where the next batch begins in the segment. */
  readonly end: number
}

const defaultMinFreeBytes = 512 * 1024 * 1024
const defaultSegmentBytes = 8 * 1024 * 1024

/**
 * A queue on disk of what trackers sent while the database was away.
 *
 * When the process or the machine dies:
 * - during `write`: nobody was told that the records were taken. Whole ones are stored at the next start, and stored
 *   once more when they are sent again, which history notices; one that was cut off is cut away;
 * - after `write` resolved: they are on the disk, and the next start finds them;
 * - between their commit and `remove`, or before their file is gone: the next start stores the whole file again, and
 *   history, which takes each fix once, keeps what it has.
 *
 * One writer and one reader at a time: `write` is not called before the last one ended, and so for `next` and `remove`.
 */
export class Spool {
  readonly #options: Required<SpoolOptions>
  readonly #lock: FileLock
  /** Oldest first. */
  readonly #segments: Segment[]
  #active: { readonly segment: Segment; readonly handle: FileHandle } | null = null
  /** Where the next batch begins in the first segment. */
  #offset = 0
  #nextNo: number
  #fixes: number
  #oldestMs: number | null

  private constructor(options: Required<SpoolOptions>, lock: FileLock, found: FoundSegments) {
    this.#options = options
    this.#lock = lock
    this.#segments = found.segments
    this.#nextNo = found.lastNo + 1
    this.#fixes = found.fixes
    this.#oldestMs = found.oldestMs
  }

  /**
   * Takes the folder for this process and finds what an earlier one left.
   *
   * @throws AppError database_locked when another process has the folder; storage_failed
   */
  static async open(given: SpoolOptions): Promise<Spool> {
    const options = { minFreeBytes: defaultMinFreeBytes, segmentBytes: defaultSegmentBytes, ...given }
    const { folder, log } = options
    let lock: FileLock | null
    try {
      await makeSpoolFolder(folder)
      await chmod(folder, 0o700)
      lock = lockFileAlone(join(folder, 'lock'))
    } catch (cause) {
      throw new AppError('storage_failed', `The spool folder ${folder} cannot be written.`, { cause })
    }
    if (lock === null)
      throw new AppError('database_locked', `Another process has the spool folder ${folder}.`, {
        fix: 'Stop the other app on this machine, or give this one a folder of its own with FLEET_SPOOL_DIR.',
      })
    try {
      return new Spool(options, lock, await findSegments(folder, log))
    } catch (cause) {
      lock.release()
      throw new AppError('storage_failed', `The spool folder ${folder} cannot be read.`, { cause })
    }
  }

  get isEmpty(): boolean {
    return this.#segments.every((segment, i) => segment.bytes <= (i === 0 ? this.#offset : 0))
  }

  /** Fixes that are not stored yet. */
  get fixes(): number {
    return this.isEmpty ? 0 : this.#fixes
  }

  /** What the files take on the disk. */
  get bytes(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** When the oldest record that is not stored yet was received, epoch milliseconds. */
  get oldestMs(): number | null {
    return this.isEmpty ? null : this.#oldestMs
  }

  /**
   * Resolves when the records are on the disk, all with one flush.
   *
   * @returns false when there is no room for them; then nothing is taken
   * @throws Error of the file system; the records count as not taken, although some may be found at the next start
   */
  async write(records: readonly SpoolRecord[]): Promise<boolean> {
    const bytes = Buffer.concat(records.map(encodeFrame))
    if (this.bytes + bytes.length > this.#options.maxBytes || !(await this.#hasFreeSpace(bytes.length)))
      return false
    if (this.#active === null) {
      const begun = await this.#begin()
      // In one step: the reader takes a file that nobody writes to for one that is finished.
      this.#active = begun
      this.#segments.push(begun.segment)
    }
    const { segment, handle } = this.#active
    try {
      const { bytesWritten } = await handle.write(bytes, 0, bytes.length, segment.bytes)
      if (bytesWritten < bytes.length)
        throw new Error(`The disk took ${bytesWritten} of ${bytes.length} bytes`)
      await handle.datasync()
    } catch (error) {
      // What a failed flush left on the disk is not known, and a second one may wrongly succeed: another file.
      this.#active = null
      await handle.truncate(segment.bytes).catch(() => undefined)
      await handle.close().catch(() => undefined)
      // A disk that takes nothing must not be given an empty file for each try.
      if (segment.bytes === 0) {
        this.#segments.splice(this.#segments.indexOf(segment), 1)
        await removeSegment(segment).catch(() => undefined)
      }
      throw error
    }
    if (this.isEmpty) {
      this.#oldestMs = records[0]?.receivedAtMs ?? null
      this.#fixes = 0
    }
    segment.bytes += bytes.length
    for (const { fixes } of records) this.#fixes += fixes.length
    if (segment.bytes >= this.#options.segmentBytes) await this.#finishActive()
    return true
  }

  /**
   * The oldest records, the same ones until they are removed.
   *
   * @param maxFixes no record is added that would make it more; a record counts for one fix at least
   * @param spanMs nor one that was received later than this after the first
   * @returns null when there are none
   */
  async next(maxFixes: number, spanMs: number): Promise<SpoolBatch | null> {
    for (;;) {
      const segment = this.#segments[0]
      if (segment === undefined) return null
      if (this.#offset < segment.bytes) {
        const batch = await this.#readBatch(segment, maxFixes, spanMs)
        if (batch !== null) return batch
        // Nothing is written behind what the reader has seen.
        if (segment === this.#active?.segment) await this.#finishActive()
        const readable = await findFrameIn(segment.path, this.#offset)
        if (!segment.isDamaged)
          noteDamage(segment, this.#offset, readable ?? segment.bytes, this.#options.log)
        if (readable !== null && readable < segment.bytes) {
          this.#offset = readable
          continue
        }
      } else if (segment === this.#active?.segment) return null
      await this.#dropFirst()
    }
  }

  /** Forgets records that are stored, or set aside. */
  async remove({ segment, end, fixes }: SpoolBatch): Promise<void> {
    this.#offset = end
    this.#fixes -= fixes
    if (end >= segment.bytes && segment !== this.#active?.segment) await this.#dropFirst()
  }

  /** Removes the file that is written to. Call when everything in it is stored and nothing is being written. */
  async rest(): Promise<void> {
    if (!this.isEmpty) return
    const done = this.#segments.splice(0)
    this.#offset = 0
    await this.#finishActive()
    for (const segment of done) await removeSegment(segment)
  }

  /** Keeps a fix that cannot be stored in a file beside the spool, one line each, as `/ingest/positions` takes them. */
  async setAside(fixes: readonly SpooledFix[]): Promise<string> {
    const { folder } = this.#options
    const path = join(folder, 'set-aside.ndjson')
    const handle = await open(path, 'a', 0o600)
    try {
      await handle.appendFile(fixes.map((fix) => `${JSON.stringify(fix)}\n`).join(''))
      await handle.datasync()
    } finally {
      await handle.close()
    }
    await syncFolder(folder)
    return path
  }

  /** What is not stored stays for the next start. */
  async close(): Promise<void> {
    await this.rest()
    await this.#finishActive()
    this.#lock.release()
  }

  async #begin(): Promise<{ segment: Segment; handle: FileHandle }> {
    const { folder } = this.#options
    const no = this.#nextNo++
    const path = segmentPath(folder, no)
    const handle = await open(path, 'wx', 0o600)
    try {
      await syncFolder(folder)
    } catch (error) {
      await handle.close().catch(() => undefined)
      throw error
    }
    return { segment: { no, path, bytes: 0, isDamaged: false }, handle }
  }

  async #finishActive(): Promise<void> {
    const active = this.#active
    this.#active = null
    await active?.handle.close()
  }

  async #hasFreeSpace(bytes: number): Promise<boolean> {
    const { folder, minFreeBytes } = this.#options
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize - bytes >= minFreeBytes
  }

  async #readBatch(segment: Segment, maxFixes: number, spanMs: number): Promise<SpoolBatch | null> {
    const bytes = await withFile(segment.path, (handle) => readFrames(handle, this.#offset))
    const records: SpoolRecord[] = []
    let fixes = 0
    let receivedAtMs = 0
    const mayFollow = (head: FrameHead): boolean => {
      const first = records[0]
      return (
        first === undefined ||
        (Math.max(fixes, records.length) + Math.max(head.fixes, 1) <= maxFixes &&
          head.receivedAtMs - first.receivedAtMs <= spanMs)
      )
    }
    for (let at = 0; ;) {
      const end = this.#offset + at
      const head = end < segment.bytes ? readFrameHead(bytes, at) : 'cut off'
      if (typeof head === 'string' || !mayFollow(head))
        return records.length === 0 ? null : { records, receivedAtMs, fixes, segment, end }
      if (records.length === 0) this.#oldestMs = head.receivedAtMs
      records.push(decodeFrame(bytes, at, head))
      receivedAtMs = Math.max(receivedAtMs, head.receivedAtMs)
      fixes += head.fixes
      at += head.bytes
    }
  }

  async #dropFirst(): Promise<void> {
    const segment = this.#segments.shift()
    this.#offset = 0
    if (segment !== undefined) await removeSegment(segment)
  }
}

/** With the folders above it that are not there yet. */
async function makeSpoolFolder(folder: string): Promise<void> {
  const first = makeFolder(resolve(folder))
  if (first === null) return
  let above = resolve(folder)
  do {
    above = dirname(above)
    await syncFolder(above)
  } while (above !== dirname(first))
}

/** A file whose name is not on the disk is not on the disk. */
const syncFolder = (folder: string): Promise<void> => withFile(folder, (handle) => handle.sync())
