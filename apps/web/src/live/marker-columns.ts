import { type PositionColumns, unsaid } from '@fleet/api'
import { type BikeKind, bikeKinds, type BikeStatus, bikeStatuses, type Point } from '@fleet/domain'

/** Longer glides would show a bike where it was, not where it is. */
const maxGlideMs = 2_000
const minGlideMs = 200
/** A marker that would slide across half the city in a second is a correction, not a ride. */
const maxGlideDegrees = 0.01

export const lowBatteryPct = 20

/**
 * Where every bike is, one column a quantity, one slot a bike. Kept outside React: ten thousand fixes a second
 * are ten thousand array writes and no rendering. Times are epoch ms of this machine's clock unless named server.
 */
export class MarkerColumns {
  readonly slotOfNo = new Map<number, number>()
  #freeSlots: number[] = []
  /** Slots in use lie below this; some may be free. */
  size = 0
  /** Grows with every change, so that readers know whether to look. */
  revision = 0

  bikeNo = new Uint32Array(0)
  /** 1 when the registry knows the bike. */
  known = new Uint8Array(0)
  /** Index into bikeStatuses. */
  status = new Uint8Array(0)
  /** Index into bikeKinds. */
  kind = new Uint8Array(0)
  code: string[] = []
  /** Server's time of the newest fix, 0 without one. */
  fixTimeMs = new Float64Array(0)
  lat = new Float64Array(0)
  lon = new Float64Array(0)
  fromLat = new Float64Array(0)
  fromLon = new Float64Array(0)
  glideStartMs = new Float64Array(0)
  glideMs = new Float32Array(0)
  /** When the newest fix arrived here. */
  arrivedMs = new Float64Array(0)
  speedMps = new Float32Array(0)
  headingDeg = new Float32Array(0)
  accuracyM = new Float32Array(0)
  batteryPct = new Float32Array(0)
  charging = new Uint8Array(0)
  odometerM = new Float64Array(0)

  /** False shows every fix at once: for people who asked for less motion. */
  glides = true
  /** No marker glides after this moment, so the map may rest. */
  glidesUntilMs = 0

  /** Tells the columns what the registry says of a bike. */
  setBike(no: number, code: string, status: BikeStatus, kind: BikeKind): void {
    const slot = this.#slotFor(no)
    this.known[slot] = 1
    this.code[slot] = code
    this.status[slot] = bikeStatuses.indexOf(status)
    this.kind[slot] = bikeKinds.indexOf(kind)
    this.revision++
  }

  remove(no: number): void {
    const slot = this.slotOfNo.get(no)
    if (slot === undefined) return
    this.slotOfNo.delete(no)
    this.#freeSlots.push(slot)
    this.known[slot] = 0
    this.fixTimeMs[slot] = 0
    this.revision++
  }

  clear(): void {
    for (const no of this.slotOfNo.keys()) this.remove(no)
  }

  /**
   * Takes fixes in, each only when it is newer than what the slot holds.
   *
   * @param nowMs this machine's clock
   * @param glide false puts markers in place at once, as after a snapshot
   */
  apply(fixes: PositionColumns, nowMs: number, glide: boolean): void {
    for (let i = 0; i < fixes.count; i++) {
      const slot = this.#slotFor(fixes.bikeNo[i]!)
      const before = this.fixTimeMs[slot]!
      if (fixes.timeMs[i]! <= before) continue
      const lat = fixes.lat[i]!
      const lon = fixes.lon[i]!
      const near = Math.abs(lat - this.lat[slot]!) + Math.abs(lon - this.lon[slot]!) < maxGlideDegrees
      if (before > 0 && glide && this.glides && near) {
        const done = this.#progress(slot, nowMs)
        this.fromLat[slot] = this.fromLat[slot]! + (this.lat[slot]! - this.fromLat[slot]!) * done
        this.fromLon[slot] = this.fromLon[slot]! + (this.lon[slot]! - this.fromLon[slot]!) * done
        const sinceMs = nowMs - this.arrivedMs[slot]!
        // A little longer than the pause between fixes, so that jitter of the network shows as no stop.
        this.glideMs[slot] = Math.min(maxGlideMs, Math.max(minGlideMs, sinceMs * 1.1))
        this.glidesUntilMs = Math.max(this.glidesUntilMs, nowMs + this.glideMs[slot])
      } else {
        this.fromLat[slot] = lat
        this.fromLon[slot] = lon
        this.glideMs[slot] = 0
      }
      this.glideStartMs[slot] = nowMs
      this.arrivedMs[slot] = nowMs
      this.lat[slot] = lat
      this.lon[slot] = lon
      this.fixTimeMs[slot] = fixes.timeMs[i]!
      this.speedMps[slot] = fixes.speedMps[i]!
      // A bike that stands keeps pointing where it came from.
      if (fixes.headingDeg[i] !== unsaid) this.headingDeg[slot] = fixes.headingDeg[i]!
      this.accuracyM[slot] = fixes.accuracyM[i]!
      this.batteryPct[slot] = fixes.batteryPct[i]!
      this.charging[slot] = fixes.charging[i]!
      this.odometerM[slot] = fixes.odometerM[i]!
    }
    this.revision++
  }

  /** Whether there is a bike to draw in this slot. */
  isPlaced(slot: number): boolean {
    return this.known[slot] === 1 && this.fixTimeMs[slot]! > 0
  }

  /** Where the marker is drawn at this moment: the same formula as in the shader. */
  drawnAt(slot: number, nowMs: number): Point {
    const done = this.#progress(slot, nowMs)
    return {
      lat: this.fromLat[slot]! + (this.lat[slot]! - this.fromLat[slot]!) * done,
      lon: this.fromLon[slot]! + (this.lon[slot]! - this.fromLon[slot]!) * done,
    }
  }

  #progress(slot: number, nowMs: number): number {
    const durationMs = this.glideMs[slot]!
    if (durationMs <= 0) return 1
    return Math.min(1, Math.max(0, (nowMs - this.glideStartMs[slot]!) / durationMs))
  }

  #slotFor(no: number): number {
    const known = this.slotOfNo.get(no)
    if (known !== undefined) return known
    const slot = this.#freeSlots.pop() ?? this.size++
    if (slot >= this.bikeNo.length) this.#grow(Math.max(64, this.bikeNo.length * 2))
    this.slotOfNo.set(no, slot)
    this.bikeNo[slot] = no
    this.known[slot] = 0
    this.fixTimeMs[slot] = 0
    this.headingDeg[slot] = unsaid
    this.batteryPct[slot] = unsaid
    this.speedMps[slot] = unsaid
    this.code[slot] = ''
    return slot
  }

  #grow(capacity: number): void {
    const grown = <T extends Float64Array | Float32Array | Uint32Array | Uint8Array>(old: T): T => {
      const wider = new (old.constructor as new (length: number) => T)(capacity)
      wider.set(old)
      return wider
    }
    this.bikeNo = grown(this.bikeNo)
    this.known = grown(this.known)
    this.status = grown(this.status)
    this.kind = grown(this.kind)
    this.fixTimeMs = grown(this.fixTimeMs)
    this.lat = grown(this.lat)
    this.lon = grown(this.lon)
    this.fromLat = grown(this.fromLat)
    this.fromLon = grown(this.fromLon)
    this.glideStartMs = grown(this.glideStartMs)
    this.glideMs = grown(this.glideMs)
    this.arrivedMs = grown(this.arrivedMs)
    this.speedMps = grown(this.speedMps)
    this.headingDeg = grown(this.headingDeg)
    this.accuracyM = grown(this.accuracyM)
    this.batteryPct = grown(this.batteryPct)
    this.charging = grown(this.charging)
    this.odometerM = grown(this.odometerM)
  }
}
