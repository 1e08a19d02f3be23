/** A bike at 30 km/h: faster ones may step by a little more than a pixel. */
const typicalSpeedMps = 30 / 3.6
const maxStepPx = 0.35
const earthCircumferenceM = 40_075_017
const cosAmsterdam = Math.cos((52.37 * Math.PI) / 180)

/** Metres on the ground that one CSS pixel shows. */
export const metresPerPixel = (zoom: number): number =>
  (earthCircumferenceM * cosAmsterdam) / (512 * 2 ** zoom)

/**
 * How long a frame of the glide may last. Seen from far away a riding bike needs a second to cross a pixel; sixty
 * frames in that second would look the same and empty the laptop's battery.
 *
 * @param rate how many times faster than life
 */
export function frameIntervalMs(zoom: number, rate = 1): number {
  const pixelsPerSecond = (typicalSpeedMps * rate) / metresPerPixel(zoom)
  return Math.min(500, Math.max(1000 / 60, (maxStepPx / pixelsPerSecond) * 1000))
}

const displayFrameMs = 17

/**
 * Decides which display frames the glide draws. Where a frame comes late because the last drawing kept the graphics
 * card busy, as on a machine that has none, the glide takes at most half of the time: the rest is for the person who
 * drags the map or types.
 */
export class GlidePace {
  #drawnAtMs = Number.NEGATIVE_INFINITY
  #lateMs = 0
  #measured = true

  drawn(nowMs: number): void {
    this.#drawnAtMs = nowMs
    this.#measured = false
  }

  /** To be asked at every display frame while something glides. */
  isDue(nowMs: number, zoom: number, rate = 1): boolean {
    const sinceMs = nowMs - this.#drawnAtMs
    if (!this.#measured) {
      this.#measured = true
      const lateMs = Math.min(250, Math.max(0, sinceMs - displayFrameMs))
      this.#lateMs = (this.#lateMs + lateMs) / 2
    }
    // A display frame that comes a little early is the one that was meant.
    return sinceMs >= Math.max(frameIntervalMs(zoom, rate), displayFrameMs + this.#lateMs * 2) - 4
  }
}

/** CSS px; small when there is much to see, large when there is room. */
export function markerRadiusPx(zoom: number): number {
  const stops = [
    [10, 4.5],
    [12, 6],
    [14, 8],
    [16, 10.5],
    [18, 12],
  ] as const
  if (zoom <= stops[0][0]) return stops[0][1]
  for (let i = 1; i < stops.length; i++) {
    const [z1, r1] = stops[i]!
    const [z0, r0] = stops[i - 1]!
    if (zoom <= z1) return r0 + ((r1 - r0) * (zoom - z0)) / (z1 - z0)
  }
  return 12
}

/** Codes below the markers from here on. */
export const labelMinZoom = 15.25
