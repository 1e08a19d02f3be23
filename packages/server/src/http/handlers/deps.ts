import type { LatestFix } from '@fleet/domain'
import type { Store } from '@fleet/store'
import type { Passwords } from '../../auth/passwords.ts'
import type { Sessions } from '../../auth/sessions.ts'
import type { SignInLinks } from '../../auth/sign-in-links.ts'
import type { ImportedMaps } from '../../map/imported-maps.ts'

export interface HandlerDeps {
  readonly store: Store
  readonly now: () => number
  readonly sessions: Sessions
  readonly passwords: Passwords
  readonly signInLinks: SignInLinks
  readonly maps: ImportedMaps
  /** Where a bike was last. */
  readonly markerOf: (bikeNo: number) => LatestFix | null
  /** How long positions are kept. */
  readonly positionsDays: number
  /** Where couriers reach a dispatcher. */
  readonly dispatchPhone: string | null
  /** Told when sessions ended before their time: live connections that stand on them must be cut. */
  readonly onSessionsEnded: () => void
}
