/** Everything that must not be known outside; kept in `cluster.secrets.yml`, mode 0600, beside cluster.yml. */
export interface ClusterSecrets {
  /** PostgreSQL passwords: of `postgres`, of `replicator`, of `rewinder`, of the application's and the monitor's role. */
  readonly superuser: string
  readonly replication: string
  readonly rewind: string
  readonly app: string
  readonly monitor: string
  /** Patroni's REST API, user `patroni`: needed for everything that changes something. */
  readonly patroniApi: string
  /** HAProxy's stats page, user `stats`. */
  readonly haproxyStats: string
  /** pgBackRest's repository encryption. Without it no backup can be read. */
  readonly backupCipher: string
  /** For an S3 repository: given by the operator, never made up. */
  readonly s3: { readonly key: string; readonly keySecret: string } | null
}
