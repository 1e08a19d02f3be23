export interface SqliteConfig {
  readonly backend: 'sqlite'
  readonly file: string
}

export interface PostgresConfig {
  readonly backend: 'postgres'
  readonly host: string
  readonly port: number
  readonly user: string
  /** Null: the server trusts this connection, or `~/.pgpass` has it. */
  readonly password: string | null
  readonly database: string
  readonly poolSize: number
  readonly ssl: {
    readonly mode: 'disable' | 'verify-ca' | 'verify-full'
    /** PEM file; null means the authorities that the system trusts. */
    readonly rootCertFile: string | null
  }
}

export type StoreConfig = SqliteConfig | PostgresConfig
