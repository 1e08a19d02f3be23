import { createHash, timingSafeEqual } from 'node:crypto'
import { AppError } from '@fleet/domain'
import type { Store } from '@fleet/store'
import { isDatabaseAway } from '../database-away.ts'
import { within } from '../within.ts'

const keptMs = 30_000
/** While the database is away from here, what was right this long ago is believed. */
const keptWhileAwayMs = 24 * 3_600_000
const maxKept = 10_000
/** A phone must not wait for as long as the store tries to reach a database that is away. */
const lookUpMs = 3_000

/** Checks the passwords that trackers send with every message, without a query for every message. */
export class DeviceSecrets {
  readonly #store: Pick<Store, 'deviceSecretHash' | 'health'>
  readonly #now: () => number
  readonly #kept = new Map<string, { readonly hash: Buffer; readonly checkedAtMs: number }>()

  constructor(store: Pick<Store, 'deviceSecretHash' | 'health'>, now: () => number) {
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
   * @throws what the store throws when it cannot be read; AppError database_unavailable when that takes too long
   */
  async check(trackerId: string, secret: string): Promise<boolean> {
    const given = createHash('sha256').update(secret).digest()
    const kept = this.#kept.get(trackerId)
    const isAway = isDatabaseAway(this.#store)
    const believedMs = isAway ? keptWhileAwayMs : keptMs
    if (kept && kept.checkedAtMs + believedMs > this.#now() && timingSafeEqual(kept.hash, given)) return true
    // Each question would go on waiting long after its phone has given up, and stand before others when all is well again.
    if (isAway) throw new AppError('database_unavailable', 'The database is away.')
    // A secret that was just rotated must work at once: only a "yes" is taken from memory.
    const hex = await within(this.#store.deviceSecretHash(trackerId), lookUpMs, undefined)
    if (hex === undefined)
      throw new AppError('database_unavailable', "The tracker's secret could not be read in time.")
    const hash = Buffer.from(hex ?? '', 'hex')
    // Compares in the unknown case too: how long the answer takes must not tell which trackers exist.
    const isRight = timingSafeEqual(hash.length === given.length ? hash : Buffer.alloc(given.length), given)
    if (!isRight || hash.length !== given.length) return false
    if (this.#kept.size >= maxKept) this.#kept.clear()
    this.#kept.set(trackerId, { hash, checkedAtMs: this.#now() })
    return true
  }
}
