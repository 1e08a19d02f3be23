import type { LatestFix } from '@fleet/domain'
import type { Store } from './port.ts'

/** The numbers whose positions go away together with demonstration rows. */
export interface PositionOwners {
  readonly bikeNos: readonly number[]
  readonly courierNos: readonly number[]
  readonly deviceNos: readonly number[]
}

/**
 * The half of the store that keeps positions. It shares the connection with the other half and nothing else: no
 * foreign key leads from a position to a bike, because history outlives what it was recorded for.
 *
 * `Tx` is the backend's own handle of an open transaction: `DatabaseSync` on SQLite, `PoolClient` on PostgreSQL.
 */
export interface PositionStore<Tx> extends Pick<
  Store,
  'appendFixes' | 'history' | 'tracks' | 'latestFixes' | 'deviceContacts'
> {
  /** Every marker, read inside the transaction of `snapshot()`. */
  allLatestIn(tx: Tx): Promise<readonly LatestFix[]>
  /**
   * Deletes the fixes of these trackers in short transactions, between which others get their turn. Before `clearFor`,
   * which is one transaction and must not have millions of rows to delete. Interrupted, it may be run again.
   */
  clearHistory(deviceNos: readonly number[]): Promise<void>
  /** Forgets all positions, markers and contacts of these, inside the transaction of `clearDemo()`. */
  clearFor(tx: Tx, owners: PositionOwners): Promise<void>
  /** Creates partitions ahead and drops positions older than `positionsDays`. Safe in several instances at once. */
  maintainPositions(nowMs: number, positionsDays: number): Promise<void>
}
