import type { ClientConfig } from 'pg'
import { ports } from '../layout.ts'
import type { ClusterPki } from '../pki/cluster-pki.ts'
import type { ClusterSecrets } from '../secrets/cluster-secrets.ts'
import type { ClusterSpec } from '../spec/cluster-spec.ts'

/**
 * How the application's role reaches the primary through the virtual IP, TLS verified against the cluster's own
 * authority. Holds the password: never print it.
 */
export const vipConnection = (
  spec: ClusterSpec,
  secrets: Pick<ClusterSecrets, 'app'>,
  pki: Pick<ClusterPki, 'authorityPem'>,
): ClientConfig => ({
  host: spec.network.vip,
  port: ports.writes,
  user: spec.postgresql.role,
  database: spec.postgresql.database,
  password: secrets.app,
  ssl: { ca: pki.authorityPem, rejectUnauthorized: true },
  application_name: 'fleet-probe',
})
