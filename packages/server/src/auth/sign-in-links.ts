import { createHash } from 'node:crypto'
import type { UserId } from '@fleet/domain'

/** Long enough to find the browser, short enough that a link in a scrolled-back terminal opens nothing. */
export const linkLifetimeMs = 10 * 60_000

export interface SignInLinks {
  /** A token that signs this user in once. */
  issue(userId: UserId): string
  /** Whose token it is; null when it is unknown, used or too old. A token is good once, even if what follows fails. */
  redeem(token: string): UserId | null
}

/** One-time sign-in tokens, 256 bits each, in memory only: gone with the process. */
export function createSignInLinks(now: () => number, random: (bytes: number) => Buffer): SignInLinks {
  // Keyed by hash: a look-up by the token itself could be timed.
  const issued = new Map<string, { userId: UserId; expiresAtMs: number }>()
  const hash = (token: string) => createHash('sha256').update(token).digest('hex')
  return {
    issue(userId) {
      for (const [key, { expiresAtMs }] of issued) if (expiresAtMs <= now()) issued.delete(key)
      const token = random(32).toString('base64url')
      issued.set(hash(token), { userId, expiresAtMs: now() + linkLifetimeMs })
      return token
    },
    redeem(token) {
      const key = hash(token)
      const found = issued.get(key)
      issued.delete(key)
      return found && found.expiresAtMs > now() ? found.userId : null
    },
  }
}
