import { unsaid } from '@fleet/api'
import { bikeStatuses } from '@fleet/domain'
import { lowBatteryPct, type MarkerColumns } from '../../live/marker-columns.ts'
import { mapOrigin } from './origin.ts'

/**
 * One bike on the graphics card, 48 bytes:
 *
 *     0  f32 x4  from lon, from lat, to lon, to lat (degrees from mapOrigin)
 *     16 f32 x4  glide start s, glide duration s, fix s (all after epochMs), heading degrees or -1
 *     32 u8  x4  status, flags, 0, 0
 *     36 u8  x12 code, as places in the glyph atlas; 255 after its end
 */
export const bikeStride = 48
export const bikeFlags = { visible: 1, lowBattery: 2, selected: 4, hovered: 8 } as const

const noGlyph = 255
const codeLength = 12

/** The letters that `bikeCodePattern` allows, and what counts of clusters need. */
export const glyphs = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.,k'

/** Writes `text` as places in the atlas into `count` bytes at `at`. */
export function writeGlyphs(bytes: Uint8Array, at: number, count: number, text: string): void {
  for (let i = 0; i < count; i++) {
    const place = i < text.length ? glyphs.indexOf(text[i]!) : -1
    bytes[at + i] = place < 0 ? noGlyph : place
  }
}

export class BikeBuffer {
  count = 0
  revision = 0
  /** Seconds in the buffer count from here: 32 bits hold milliseconds for some hours only. */
  epochMs = 0
  bytes = new Uint8Array(0)
  #floats = new Float32Array(0)
  /** Codes hardly ever change: looked up letter by letter once a bike, not once a second. */
  readonly #codes: string[] = []
  readonly #glyphs: Uint8Array[] = []

  /**
   * Packs the given slots.
   *
   * @param flagsOf bits of `bikeFlags` for a slot; lowBattery is added here
   * @param serverOffsetMs server's clock minus this machine's, to age the fixes by
   */
  pack(
    markers: MarkerColumns,
    slots: Iterable<number>,
    capacity: number,
    flagsOf: (slot: number) => number,
    nowMs: number,
    serverOffsetMs: number,
  ): void {
    this.#reserve(capacity)
    this.epochMs = nowMs
    let row = 0
    for (const slot of slots) {
      if (!markers.isPlaced(slot)) continue
      const f = (row * bikeStride) / 4
      const floats = this.#floats
      floats[f] = markers.fromLon[slot]! - mapOrigin.lon
      floats[f + 1] = markers.fromLat[slot]! - mapOrigin.lat
      floats[f + 2] = markers.lon[slot]! - mapOrigin.lon
      floats[f + 3] = markers.lat[slot]! - mapOrigin.lat
      floats[f + 4] = (markers.glideStartMs[slot]! - nowMs) / 1000
      floats[f + 5] = markers.glideMs[slot]! / 1000
      floats[f + 6] = (markers.fixTimeMs[slot]! - serverOffsetMs - nowMs) / 1000
      floats[f + 7] = markers.headingDeg[slot]!
      const at = row * bikeStride + 32
      const battery = markers.batteryPct[slot]!
      const low = battery !== unsaid && battery <= lowBatteryPct && markers.status[slot] !== chargingStatus
      this.bytes[at] = markers.status[slot]!
      this.bytes[at + 1] = flagsOf(slot) | (low ? bikeFlags.lowBattery : 0)
      this.bytes.set(this.#glyphsOf(slot, markers.code[slot]!), at + 4)
      row++
    }
    this.count = row
    this.revision++
  }

  #glyphsOf(slot: number, code: string): Uint8Array {
    const known = this.#glyphs[slot]
    if (known !== undefined && this.#codes[slot] === code) return known
    const bytes = new Uint8Array(codeLength)
    writeGlyphs(bytes, 0, codeLength, code)
    this.#codes[slot] = code
    this.#glyphs[slot] = bytes
    return bytes
  }

  #reserve(rows: number): void {
    if (rows * bikeStride <= this.bytes.length) return
    const buffer = new ArrayBuffer(Math.ceil(rows * 1.25 + 16) * bikeStride)
    this.bytes = new Uint8Array(buffer)
    this.#floats = new Float32Array(buffer)
  }
}

const chargingStatus = bikeStatuses.indexOf('charging')
