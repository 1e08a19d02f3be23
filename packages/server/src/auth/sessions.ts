import { createHash, randomBytes } from 'node:crypto'
import type { User, UserId } from '@fleet/domain'
import type { SessionRecord, Store } from '@fleet/store'
import { isDatabaseAway } from '../database-away.ts'
import { within } from '../within.ts'

/** Who sent a request, as its session cookie proves. */
export interface SignedIn {
  readonly user: User
  /** The cookie's value: never logged, never stored. */
  readonly token: string
  readonly expiresAtMs: number
  /** The database was not asked, see `Sessions.find`. */
  readonly isBelieved: boolean
}

export interface Sessions {
  /** Starts a session for somebody who has just proved who they are. */
  open(user: User): Promise<SignedIn>
  /**
   * Null for an unknown, ended or expired token, and for a disabled user.
   *
   * @param toRead while the database is away, what was found within the last day is believed: enough to look, not to act
   */
  find(token: string, toRead?: boolean): Promise<SignedIn | null>
  close(token: string): Promise<void>
  closeAllOf(id: UserId): Promise<void>
  /** To be called when an account changed: what was found before is not believed any more. */
  forget(): void
}

/**
 * Fixed, not sliding: a session that is used daily would otherwise never end, and no read would be without a write.
 */
export const sessionLifetimeMs = 30 * 24 * 3_600_000

const believedMs = 24 * 3_600_000
const maxKept = 10_000
/** Whoever looks does not wait for as long as the store tries to reach a database that is away. */
const lookUpMs = 1_000

type Found = SessionRecord & { readonly isBelieved?: boolean }

const tokenPattern = /^[A-Za-z0-9_-]{43}$/

/** Sessions of 256-bit random tokens; the store sees their SHA-256 only, so that a stolen backup signs nobody in. */
export function createSessions(store: Store, now: () => number): Sessions {
  const kept = new Map<string, { readonly record: SessionRecord; readonly foundAtMs: number }>()

  let endings = 0

  function forget(): void {
    endings += 1
    kept.clear()
  }

  async function look(tokenHash: string): Promise<SessionRecord | null> {
    const before = endings
    const record = await store.findSession(tokenHash, now())
    kept.delete(tokenHash)
    // What was read before something ended may be of before.
    if (record && before === endings) kept.set(tokenHash, { record, foundAtMs: now() })
    // The one that was not looked for the longest comes first.
    for (const [oldest] of kept) if (kept.size > maxKept) kept.delete(oldest)
    return record
  }

  async function lookOrBelieve(tokenHash: string): Promise<Found | null> {
    const known = kept.get(tokenHash)
    if (!known || known.foundAtMs + believedMs <= now()) return look(tokenHash)
    const believed = { ...known.record, isBelieved: true }
    // Each question would go on waiting, and stand before others when all is well again.
    if (isDatabaseAway(store)) return believed
    return within(
      look(tokenHash).catch(() => believed),
      lookUpMs,
      believed,
    )
  }

  return {
    async open(user) {
      const token = randomBytes(32).toString('base64url')
      const nowMs = now()
      const expiresAtMs = nowMs + sessionLifetimeMs
      await store.createSession({ tokenHash: hashToken(token), userId: user.id, nowMs, expiresAtMs })
      return { user, token, expiresAtMs, isBelieved: false }
    },
    async find(token, toRead = false) {
      // Whatever else a cookie may hold never reaches the database.
      if (!tokenPattern.test(token)) return null
      const record: Found | null = await (toRead ? lookOrBelieve : look)(hashToken(token))
      // The store answers by the same rules; a session is worth checking them twice.
      if (!record || record.user.disabled || record.expiresAtMs <= now()) return null
      const { user, expiresAtMs, isBelieved = false } = record
      return { user, token, expiresAtMs, isBelieved }
    },
    async close(token) {
      if (!tokenPattern.test(token)) return
      const tokenHash = hashToken(token)
      await store.deleteSession(tokenHash)
      endings += 1
      kept.delete(tokenHash)
    },
    async closeAllOf(id) {
      await store.deleteSessionsOf(id)
      forget()
    },
    forget,
  }
}

/** A fast hash is enough: a 256-bit random token cannot be guessed from it. */
const hashToken = (token: string) => createHash('sha256').update(token).digest('hex')
