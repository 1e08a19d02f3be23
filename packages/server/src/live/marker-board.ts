import { encodePositionFrame } from '@fleet/api'
import type { LatestFix } from '@fleet/domain'

interface Slot {
  marker: LatestFix
  revision: number
}

/**
 * The newest marker of every bike, each with the revision at which it last moved. A client is a revision: it needs the
 * markers that moved after it. However long a client did not listen, that is at most one marker a bike.
 */
export class MarkerBoard {
  readonly #slots = new Map<number, Slot>()
  #revision = 0
  #frames = new Map<number, Uint8Array<ArrayBuffer> | null>()
  #framesAt = 0

  get revision(): number {
    return this.#revision
  }

  get(bikeNo: number): LatestFix | null {
    return this.#slots.get(bikeNo)?.marker ?? null
  }

  /** Takes the markers that are newer than what the board shows. Those of one call share a revision. */
  update(markers: readonly LatestFix[]): void {
    const revision = this.#revision + 1
    for (const marker of markers) {
      const slot = this.#slots.get(marker.bikeNo)
      if (slot === undefined) this.#slots.set(marker.bikeNo, { marker, revision })
      else if (slot.marker.timeMs < marker.timeMs) {
        slot.marker = marker
        slot.revision = revision
      } else continue
      this.#revision = revision
    }
  }

  forget(bikeNo: number): void {
    this.#slots.delete(bikeNo)
  }

  clear(): void {
    this.#slots.clear()
  }

  /** When the oldest news after `revision` was received, epoch ms; null when there is none. */
  oldestAfter(revision: number): number | null {
    let oldestMs: number | null = null
    for (const slot of this.#slots.values())
      if (slot.revision > revision && (oldestMs === null || slot.marker.receivedAtMs < oldestMs))
        oldestMs = slot.marker.receivedAtMs
    return oldestMs
  }

  /**
   * The markers that moved after `revision`, as one frame; clients that stand at the same revision get the same bytes.
   *
   * @returns null when none did
   */
  frameAfter(revision: number, nowMs: number): Uint8Array<ArrayBuffer> | null {
    if (this.#framesAt !== this.#revision) {
      this.#frames.clear()
      this.#framesAt = this.#revision
    }
    let frame = this.#frames.get(revision)
    if (frame !== undefined) return frame
    const markers: LatestFix[] = []
    for (const slot of this.#slots.values()) if (slot.revision > revision) markers.push(slot.marker)
    frame = markers.length === 0 ? null : encodePositionFrame(markers, nowMs)
    this.#frames.set(revision, frame)
    return frame
  }
}
