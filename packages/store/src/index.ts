export type * from './port.ts'
export type {
  DatabaseState,
  FeedFigures,
  HealthMonitor,
  PoolFigures,
  ReadFallback,
  RetryReason,
  Settlement,
  StoreHealth,
} from './health.ts'
export {
  defaultFile,
  parseStoreConfig,
  sslModes,
  type ConfigProblem,
  type ParsedStoreConfig,
  type PostgresConfig,
  type SqliteConfig,
  type SslMode,
  type StoreConfig,
  type StoreConfigDefaults,
} from './config.ts'
export { makeFolder } from './make-folder.ts'
export { migrateData } from './migrate-data/index.ts'
export type * from './migrate-data/index.ts'
export { openStore, probePostgres, type OpenOptions } from './open-store.ts'
export { storableAheadMs } from './positions-batch.ts'
