import { mapOrigin } from './origin.ts'

/** A place that the bike was at. Times are of this machine's clock, epoch ms. */
export interface TrailPoint {
  readonly lat: number
  readonly lon: number
  readonly timeMs: number
}

/** A segment whose end still moves: see `MarkerColumns`. */
export interface TrailHead extends TrailPoint {
  readonly glideStartMs: number
  readonly glideMs: number
}

/** Farther apart in time, two fixes are no ride but an absence. */
const maxGapMs = 10 * 60_000
/** The trail of a bike that is watched live fades over an hour. */
const fadeMs = 3_600_000
/** f32 x4 from and to, f32 x4 glide start s, glide s, reached s, fade s. */
export const trailStride = 32

export class TrailBuffer {
  count = 0
  revision = 0
  epochMs = 0
  bytes = new Uint8Array(0)
  #floats = new Float32Array(0)
  #fadeS = 0

  /** @param points oldest first */
  pack(points: readonly TrailPoint[], head: TrailHead | null, nowMs: number): void {
    const all: readonly (TrailPoint | TrailHead)[] = head === null ? points : [...points, head]
    this.begin(nowMs, fadeMs, all.length)
    for (let i = 1; i < all.length; i++) {
      const a = all[i - 1]!
      const b = all[i]!
      if (b.timeMs - a.timeMs > maxGapMs) continue
      if ('glideMs' in b) this.add(a.lat, a.lon, b.lat, b.lon, b.timeMs, b.glideStartMs, b.glideMs)
      else this.add(a.lat, a.lon, b.lat, b.lon, b.timeMs)
    }
    this.end()
  }

  /**
   * Starts anew: `add` whatever is to be drawn, then `end`.
   *
   * @param fadeMs how old a segment is when it is palest
   */
  begin(nowMs: number, fadeMs: number, atMost: number): void {
    if (this.bytes.length < atMost * trailStride)
      this.bytes = new Uint8Array(Math.ceil(atMost * 1.25 + 64) * trailStride)
    if (this.#floats.buffer !== this.bytes.buffer) this.#floats = new Float32Array(this.bytes.buffer)
    this.epochMs = nowMs
    this.#fadeS = fadeMs / 1000
    this.count = 0
  }

  /** @param reachedMs when the bike was at its end */
  add(
    fromLat: number,
    fromLon: number,
    toLat: number,
    toLon: number,
    reachedMs: number,
    glideStartMs = 0,
    glideMs = 0,
  ): void {
    const f = this.count++ * 8
    const floats = this.#floats
    floats[f] = fromLon - mapOrigin.lon
    floats[f + 1] = fromLat - mapOrigin.lat
    floats[f + 2] = toLon - mapOrigin.lon
    floats[f + 3] = toLat - mapOrigin.lat
    floats[f + 4] = glideMs === 0 ? 0 : (glideStartMs - this.epochMs) / 1000
    floats[f + 5] = glideMs / 1000
    floats[f + 6] = (reachedMs - this.epochMs) / 1000
    floats[f + 7] = this.#fadeS
  }

  end(): void {
    this.revision++
  }
}
