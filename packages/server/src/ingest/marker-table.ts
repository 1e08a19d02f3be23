import type { LatestFix } from '@fleet/domain'

/** The marker of every bike as this process knows it: what the next fix is judged against. */
export class MarkerTable {
  readonly #markers = new Map<number, LatestFix>()
  readonly #below: MarkerTable | null

  /** @param below gives the marker of a bike that has none here, or an older one */
  constructor(below: MarkerTable | null = null) {
    this.#below = below
  }

  get(bikeNo: number): LatestFix | null {
    const own = this.#markers.get(bikeNo) ?? null
    const other = this.#below?.get(bikeNo) ?? null
    return own === null || (other !== null && other.timeMs > own.timeMs) ? other : own
  }

  clear(): void {
    this.#markers.clear()
  }

  forget(bikeNo: number): void {
    this.#markers.delete(bikeNo)
  }

  /**
   * Takes what the database holds.
   *
   * @returns those that moved: what nobody here has seen yet
   */
  learn(markers: readonly LatestFix[]): LatestFix[] {
    const moved: LatestFix[] = []
    for (const marker of markers) {
      const known = this.get(marker.bikeNo)
      // A read that began before our own commit brings an older marker.
      if (known && known.timeMs > marker.timeMs) continue
      // The same fix again: the database's odometer is the true one, but nothing moved.
      this.#markers.set(marker.bikeNo, marker)
      if (!known || known.timeMs < marker.timeMs) moved.push(marker)
    }
    return moved
  }
}
