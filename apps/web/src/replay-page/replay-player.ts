import type { Bike } from '@fleet/domain'
import { MarkerColumns } from '../live/marker-columns.ts'
import type { MarkerSource } from '../map/marker-source.ts'
import type { TrailBuffer } from '../map/markers/trail-buffer.ts'
import type { BikeTrack } from './bike-track.ts'
import { packTrails, placeMarkers } from './replay-markers.ts'
import type { Speed, Window } from './replay-search.ts'
import { type LoadTracks, TrackChunks } from './track-chunks.ts'

/** What the page shows of the player. A value. */
export interface PlayerView {
  readonly playing: boolean
  readonly speed: Speed
  /** Playing, and waiting for tracks. */
  readonly waiting: boolean
  readonly failed: boolean
  /** Of how many bikes there are tracks; null while nobody knows. */
  readonly bikes: number | null
  /** The span around the play head that has been read. */
  readonly read: Window
}

type Topic = 'positions' | 'view'
/** @param jumped not a step of the play head, but a jump or a stop */
type Listener = (jumped: boolean) => void

/** A pause between two frames that is longer, as of a laptop that slept, is not caught up with. */
const longestStepMs = 1_000
const nothing: Window = { fromMs: 0, toMs: 0 }

/** The clock of a replay and the bikes at the moment that it shows. Outside React, like the live store. */
export class ReplayPlayer implements MarkerSource {
  readonly markers = new MarkerColumns()
  readonly clock = { offsetMs: 0 }
  #window = nothing
  #chunks = new TrackChunks(
    nothing,
    () => Promise.resolve(new Map()),
    () => {},
  )
  #atMs = 0
  #view: PlayerView
  readonly #listeners: Record<Topic, Set<Listener>> = { positions: new Set(), view: new Set() }

  constructor(speed: Speed) {
    this.#view = {
      playing: false,
      speed,
      waiting: false,
      failed: false,
      bikes: null,
      read: nothing,
    }
  }

  /** Shows another window, from this moment on. @returns forgets it */
  open(window: Window, atMs: number, load: LoadTracks): () => void {
    const chunks = new TrackChunks(window, load, () => this.#refresh())
    this.#window = window
    this.#chunks = chunks
    this.#set({ playing: false, waiting: false, bikes: null })
    this.seek(atMs)
    return () => chunks.close()
  }

  get view(): PlayerView {
    return this.#view
  }
  get window(): Window {
    return this.#window
  }
  /** The moment that is shown. */
  nowMs = (): number => this.#atMs

  trackOf(bikeNo: number): BikeTrack | undefined {
    return this.#chunks.tracks.get(bikeNo)
  }

  subscribe = (topic: Topic, listener: Listener): (() => void) => {
    this.#listeners[topic].add(listener)
    return () => this.#listeners[topic].delete(listener)
  }

  setBikes(bikes: Iterable<Bike>): void {
    const gone = new Set(this.markers.slotOfNo.keys())
    for (const { no, code, kind } of bikes) {
      this.markers.setBike(no, code, 'available', kind)
      gone.delete(no)
    }
    for (const no of gone) this.markers.remove(no)
    this.#show()
  }

  play(): void {
    // From the end it begins anew.
    if (this.#atMs >= this.#window.toMs) this.seek(this.#window.fromMs)
    this.#set({ playing: true })
  }

  pause(): void {
    this.#set({ playing: false, waiting: false })
    this.#tell('positions', true)
  }

  setSpeed(speed: Speed): void {
    this.#set({ speed })
    this.#chunks.want(this.#atMs, speed)
  }

  seek(atMs: number): void {
    this.#atMs = Math.min(Math.max(atMs, this.#window.fromMs), this.#window.toMs)
    this.#chunks.want(this.#atMs, this.#view.speed)
    this.#refresh()
    this.#tell('positions', true)
  }

  /** Goes on by so much time of watching, as far as the tracks are there. */
  advance(elapsedMs: number): void {
    const { speed } = this.#view
    const before = this.#atMs
    const wantedMs = before + Math.min(elapsedMs, longestStepMs) * speed
    this.#atMs = Math.min(wantedMs, this.#chunks.readyToMs(before), this.#window.toMs)
    const ended = this.#atMs >= this.#window.toMs
    const waiting = !ended && this.#atMs === before
    if (ended) this.pause()
    else if (waiting !== this.#view.waiting) this.#set({ waiting })
    if (waiting) return
    this.#chunks.want(this.#atMs, speed)
    this.#show()
  }

  retry = (): void => this.#chunks.retry()

  packTrails(buffer: TrailBuffer): void {
    packTrails(buffer, this.#chunks.tracks, this.#atMs)
  }

  #refresh(): void {
    const { failed, covered, tracks } = this.#chunks
    if (failed !== this.#view.failed || covered !== this.#view.read)
      this.#set({ failed, read: covered, bikes: covered.toMs > 0 ? tracks.size : null })
    this.#show()
  }

  #show(): void {
    placeMarkers(this.markers, this.#chunks.tracks, this.#atMs)
    this.#tell('positions')
  }

  #set(change: Partial<PlayerView>): void {
    this.#view = { ...this.#view, ...change }
    this.#tell('view')
  }

  #tell(topic: Topic, jumped = false): void {
    for (const listener of this.#listeners[topic]) listener(jumped)
  }
}
