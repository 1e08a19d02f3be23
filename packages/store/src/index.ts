export type * from './port.ts'
export {
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
export { openStore, type OpenOptions } from './open-store.ts'
