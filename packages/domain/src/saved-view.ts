import type { SavedViewId } from './ids.ts'

/** An address of a page that somebody gave a name: filters, order and all. Each account has its own. */
export interface SavedView {
  readonly id: SavedViewId
  readonly name: string
  /** `/deliveries` */
  readonly page: string
  /** `status=failed&day=all`, without a question mark; may be empty. */
  readonly search: string
}

/** More than these nobody finds again. */
export const maxSavedViews = 100
