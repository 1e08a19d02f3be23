import type { ChangeMessage } from '@fleet/api'
import type { Change, ChangeSeq } from '@fleet/store'
import { compareSeq } from './change-seq.ts'

/** One change, written out once for all clients. */
interface Line {
  readonly seq: ChangeSeq
  readonly json: string
}

export interface ChangesMessage {
  readonly bytes: Buffer
  /** The place after the last change in it. */
  readonly seq: ChangeSeq
}

const maxMessageLines = 500
const maxMessageChars = 256 * 1024

/**
 * The newest part of the change log, serialised. Clients do not have queues: each has a place in this window, and one
 * that fell out of it starts again from a snapshot. So a slow client costs nothing.
 */
export class ChangeWindow {
  readonly #maxLines: number
  readonly #maxChars: number
  #lines: Line[] = []
  #chars = 0
  /** Everything after this place, up to `#end`, is in the window. */
  #floor: ChangeSeq
  #end: ChangeSeq
  /** The last message written: most clients stand at the same place. */
  #last: { readonly from: ChangeSeq; readonly end: ChangeSeq; readonly message: ChangesMessage } | null = null

  constructor(start: ChangeSeq, maxLines = 5_000, maxChars = 32 * 1024 * 1024) {
    this.#floor = start
    this.#end = start
    this.#maxLines = maxLines
    this.#maxChars = maxChars
  }

  /** The place after the newest change. */
  get end(): ChangeSeq {
    return this.#end
  }

  push(changes: readonly Change[]): void {
    for (const change of changes) {
      this.#end = change.seq
      const json = writeChange(change)
      if (json === null) continue
      this.#lines.push({ seq: change.seq, json })
      this.#chars += json.length
    }
    let dropped = 0
    while (this.#lines.length - dropped > this.#maxLines || this.#chars > this.#maxChars) {
      const line = this.#lines[dropped++]!
      this.#floor = line.seq
      this.#chars -= line.json.length
    }
    if (dropped > 0) this.#lines = this.#lines.slice(dropped)
  }

  /** Whether everything after `seq` that is known is in the window. */
  covers(seq: ChangeSeq): boolean {
    return compareSeq(this.#floor, seq) <= 0
  }

  /**
   * What comes after `seq`, as much as fits one message.
   *
   * @returns null when nothing does; then `seq` may be taken to be at `end`
   */
  messageAfter(seq: ChangeSeq): ChangesMessage | null {
    if (this.#last?.from === seq && this.#last.end === this.#end) return this.#last.message
    const first = this.#indexAfter(seq)
    if (first === this.#lines.length) return null
    const parts: string[] = []
    let chars = 0
    let next = first
    while (next < this.#lines.length && parts.length < maxMessageLines && chars < maxMessageChars) {
      const { json } = this.#lines[next++]!
      parts.push(json)
      chars += json.length
    }
    // Past the last line there may be changes that clients are not told of.
    const upTo = next === this.#lines.length ? this.#end : this.#lines[next - 1]!.seq
    const message = writeChanges(parts, upTo)
    this.#last = { from: seq, end: this.#end, message }
    return message
  }

  /** Binary search: the place of the first line after `seq`. */
  #indexAfter(seq: ChangeSeq): number {
    let low = 0
    let high = this.#lines.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (compareSeq(this.#lines[middle]!.seq, seq) <= 0) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** A message of changes that are not in the window, for a client that catches up. */
export function writeChangesMessage(changes: readonly Change[], upTo: ChangeSeq): ChangesMessage | null {
  const parts = changes.map(writeChange).filter((json) => json !== null)
  return parts.length === 0 ? null : writeChanges(parts, upTo)
}

function writeChanges(parts: readonly string[], seq: ChangeSeq): ChangesMessage {
  return { bytes: Buffer.from(`{"type":"changes","seq":"${seq}","changes":[${parts.join(',')}]}`), seq }
}

/** Accounts are nobody's business on the live screen: null. */
function writeChange(change: Change): string | null {
  return change.kind === 'user' ? null : JSON.stringify(change satisfies ChangeMessage)
}
