import type { Store } from '@fleet/store'
import type { Passwords } from '../../auth/passwords.ts'
import type { Sessions } from '../../auth/sessions.ts'
import type { SignInLinks } from '../../auth/sign-in-links.ts'

export interface HandlerDeps {
  readonly store: Store
  readonly now: () => number
  readonly sessions: Sessions
  readonly passwords: Passwords
  readonly signInLinks: SignInLinks
  /** Told when sessions ended before their time: live connections that stand on them must be cut. */
  readonly onSessionsEnded: () => void
}
