import { silenceMs, minuteMs } from '@fleet/domain'
import { type BikeTrack, joinTracks } from './bike-track.ts'
import type { Speed, Window } from './replay-search.ts'

/** By number of the bike. */
export type Tracks = ReadonlyMap<number, BikeTrack>
/** Reads the tracks of a span; each may begin with where the bike was before. */
export type LoadTracks = (span: Window, stepMs: number, signal: AbortSignal) => Promise<Tracks>

/** How finely tracks are read, and how long a piece of them is at a time. */
interface Detail {
  readonly stepMs: number
  readonly chunkMs: number
}
const fine: Detail = { stepMs: 1_000, chunkMs: 5 * minuteMs }
const coarse: Detail = { stepMs: 5_000, chunkMs: 30 * minuteMs }
const detailOf = (speed: Speed): Detail => (speed <= 10 ? fine : coarse)

/** Before the play head: the trails. */
export const trailMs = 5 * minuteMs
/** So long a time of watching is read ahead. */
const aheadMs = 30_000
const atATime = 2
const retryMs = 4_000

/**
 * The tracks around the play head, read in pieces ahead of it. What is far away is forgotten, so that a long window
 * takes no more memory than a short one.
 */
export class TrackChunks {
  readonly #window: Window
  readonly #load: LoadTracks
  readonly #onChange: () => void
  #detail: Detail | null = null
  #head = 0
  /** First and last piece that is wanted. */
  #first = 0
  #last = -1
  readonly #loaded = new Map<number, Tracks>()
  readonly #loading = new Map<number, AbortController>()
  #retry: ReturnType<typeof setTimeout> | undefined
  #failed = false
  #tracks: Tracks = new Map()
  #covered: Window = { fromMs: 0, toMs: 0 }

  constructor(window: Window, load: LoadTracks, onChange: () => void) {
    this.#window = window
    this.#load = load
    this.#onChange = onChange
  }

  /** Everything that is there around the play head, joined. */
  get tracks(): Tracks {
    return this.#tracks
  }
  /** The span that `tracks` are of. */
  get covered(): Window {
    return this.#covered
  }
  /** Reading failed; it is tried again. */
  get failed(): boolean {
    return this.#failed
  }

  /** How far playing may go from here: to where the next fix of every bike is known. */
  readyToMs(atMs: number): number {
    const { fromMs, toMs } = this.#covered
    if (atMs < fromMs || atMs > toMs) return atMs
    return toMs === this.#window.toMs ? toMs : Math.max(atMs, toMs - silenceMs)
  }

  /** Tells where the play head is; reads what is missing there. */
  want(atMs: number, speed: Speed): void {
    const detail = detailOf(speed)
    const { fromMs, toMs } = this.#window
    const chunkAt = (ms: number) =>
      Math.floor((Math.min(Math.max(ms, fromMs), toMs - 1) - fromMs) / detail.chunkMs)
    const head = chunkAt(atMs)
    const first = chunkAt(atMs - trailMs)
    // One more than is needed at once: the next fix of a bike may be in it.
    const last = Math.max(chunkAt(atMs + speed * aheadMs), chunkAt(atMs + detail.chunkMs))
    if (detail === this.#detail && head === this.#head && first === this.#first && last === this.#last) return
    if (detail !== this.#detail) this.#forget(() => true)
    const isElsewhere = head !== this.#head || detail !== this.#detail
    this.#detail = detail
    this.#head = head
    this.#first = first
    this.#last = last
    // One piece on either side is kept: whoever goes back a little waits for nothing.
    this.#forget((chunk) => chunk < first - 1 || chunk > last + 1)
    if (isElsewhere) this.#assemble()
    this.#loadNext()
  }

  /** Tries again what failed, now. */
  retry(): void {
    clearTimeout(this.#retry)
    this.#retry = undefined
    this.#failed = false
    this.#loadNext()
    this.#onChange()
  }

  close(): void {
    clearTimeout(this.#retry)
    this.#forget(() => true)
  }

  #forget(isForgotten: (chunk: number) => boolean): void {
    for (const chunk of this.#loaded.keys()) if (isForgotten(chunk)) this.#loaded.delete(chunk)
    for (const [chunk, stop] of this.#loading)
      if (isForgotten(chunk)) {
        stop.abort()
        this.#loading.delete(chunk)
      }
  }

  #loadNext(): void {
    if (this.#retry !== undefined) return
    const { chunkMs, stepMs } = this.#detail!
    for (const chunk of this.#inOrder()) {
      if (this.#loading.size >= atATime) return
      if (this.#loaded.has(chunk) || this.#loading.has(chunk)) continue
      const stop = new AbortController()
      this.#loading.set(chunk, stop)
      const fromMs = this.#startOf(chunk)
      const span = { fromMs, toMs: Math.min(this.#window.toMs, fromMs + chunkMs) }
      void this.#load(span, stepMs, stop.signal).then(
        (tracks) => this.#arrive(chunk, stop, tracks),
        () => this.#fail(chunk, stop),
      )
    }
  }

  /** What is shown first, then what comes, then what was. */
  #inOrder(): readonly number[] {
    const ahead = Array.from({ length: this.#last - this.#head + 1 }, (_, i) => this.#head + i)
    const behind = Array.from({ length: this.#head - this.#first }, (_, i) => this.#head - 1 - i)
    return [...ahead.slice(0, 1), ...behind, ...ahead.slice(1)]
  }

  #arrive(chunk: number, stop: AbortController, tracks: Tracks): void {
    if (stop.signal.aborted) return
    this.#loading.delete(chunk)
    this.#loaded.set(chunk, tracks)
    this.#failed = false
    this.#assemble()
    this.#loadNext()
    this.#onChange()
  }

  #fail(chunk: number, stop: AbortController): void {
    if (stop.signal.aborted) return
    this.#loading.delete(chunk)
    this.#failed = true
    this.#retry ??= setTimeout(() => this.retry(), retryMs)
    this.#onChange()
  }

  readonly #startOf = (chunk: number) => this.#window.fromMs + chunk * this.#detail!.chunkMs

  /** Joins the pieces around the play head that follow each other; until its own is there, the last ones stay. */
  #assemble(): void {
    if (!this.#loaded.has(this.#head)) return
    let first = this.#head
    let last = this.#head
    while (this.#loaded.has(first - 1)) first--
    while (this.#loaded.has(last + 1)) last++
    const pieces = new Map<number, { fromMs: number; track: BikeTrack }[]>()
    for (let chunk = first; chunk <= last; chunk++)
      for (const [bikeNo, track] of this.#loaded.get(chunk)!) {
        const piece = { fromMs: this.#startOf(chunk), track }
        const own = pieces.get(bikeNo)
        if (own) own.push(piece)
        else pieces.set(bikeNo, [piece])
      }
    this.#tracks = new Map(Array.from(pieces, ([bikeNo, own]) => [bikeNo, joinTracks(own)]))
    this.#covered = {
      fromMs: this.#startOf(first),
      toMs: Math.min(this.#window.toMs, this.#startOf(last + 1)),
    }
  }
}
