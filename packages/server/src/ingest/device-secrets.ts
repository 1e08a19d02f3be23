import { createHash, timingSafeEqual } from 'node:crypto'
import type { Store } from '@fleet/store'

const keptMs = 30_000
const maxKept = 10_000

/** Checks the passwords that trackers send with every message, without a query for every message. */
export class DeviceSecrets {
  readonly #store: Pick<Store, 'deviceSecretHash'>
  readonly #now: () => number
  readonly #kept = new Map<string, { readonly hash: Buffer; readonly untilMs: number }>()

  constructor(store: Pick<Store, 'deviceSecretHash'>, now: () => number) {
    this.#store = store
    this.#now = now
  }

  /** To be called when a device changed: its secret may be another one. */
  forget(): void {
    this.#kept.clear()
  }

  /**
   * Whether `secret` is the tracker's; false also for a tracker that nobody knows.
   *
   * @throws what the store throws when it cannot be read
   */
  async check(trackerId: string, secret: string): Promise<boolean> {
    const given = createHash('sha256').update(secret).digest()
    const kept = this.#kept.get(trackerId)
    if (kept && kept.untilMs > this.#now() && timingSafeEqual(kept.hash, given)) return true
    // A secret that was just rotated must work at once: only a "yes" is taken from memory.
    const hex = await this.#store.deviceSecretHash(trackerId)
    const hash = Buffer.from(hex ?? '', 'hex')
    // Compares in the unknown case too: how long the answer takes must not tell which trackers exist.
    const isRight = timingSafeEqual(hash.length === given.length ? hash : Buffer.alloc(given.length), given)
    if (!isRight || hash.length !== given.length) return false
    if (this.#kept.size >= maxKept) this.#kept.clear()
    this.#kept.set(trackerId, { hash, untilMs: this.#now() + keptMs })
    return true
  }
}
