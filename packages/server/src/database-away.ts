import type { Store } from '@fleet/store'

/** Whether nothing can be asked of the database: also while it is read-only, for the store looks for another then. */
export const isDatabaseAway = (store: Pick<Store, 'health'>): boolean =>
  store.health.current().state !== 'fine'
