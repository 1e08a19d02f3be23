import { createHash, randomBytes } from 'node:crypto'
import type { User } from '@fleet/domain'
import type { Store } from '@fleet/store'

/** Who sent a request, as its session cookie proves. */
export interface SignedIn {
  readonly user: User
  /** The cookie's value: never logged, never stored. */
  readonly token: string
  readonly expiresAtMs: number
}

export interface Sessions {
  /** Starts a session for somebody who has just proved who they are. */
  open(user: User): Promise<SignedIn>
  /** Null for an unknown, ended or expired token, and for a disabled user. */
  find(token: string): Promise<SignedIn | null>
  close(token: string): Promise<void>
}

/**
 * Fixed, not sliding: a session that is used daily would otherwise never end, and no read would be without a write.
 */
export const sessionLifetimeMs = 30 * 24 * 3_600_000

const tokenPattern = /^[A-Za-z0-9_-]{43}$/

/** Sessions of 256-bit random tokens; the store sees their SHA-256 only, so that a stolen backup signs nobody in. */
export function createSessions(store: Store, now: () => number): Sessions {
  return {
    async open(user) {
      const token = randomBytes(32).toString('base64url')
      const nowMs = now()
      const expiresAtMs = nowMs + sessionLifetimeMs
      await store.createSession({ tokenHash: hashToken(token), userId: user.id, nowMs, expiresAtMs })
      return { user, token, expiresAtMs }
    },
    async find(token) {
      // Whatever else a cookie may hold never reaches the database.
      if (!tokenPattern.test(token)) return null
      const nowMs = now()
      const record = await store.findSession(hashToken(token), nowMs)
      // The store answers by the same rules; a session is worth checking them twice.
      if (!record || record.user.disabled || record.expiresAtMs <= nowMs) return null
      return { user: record.user, token, expiresAtMs: record.expiresAtMs }
    },
    async close(token) {
      if (tokenPattern.test(token)) await store.deleteSession(hashToken(token))
    },
  }
}

/** A fast hash is enough: a 256-bit random token cannot be guessed from it. */
const hashToken = (token: string) => createHash('sha256').update(token).digest('hex')
