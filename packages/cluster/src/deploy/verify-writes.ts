import { Client, type ClientConfig } from 'pg'
import { ClusterError } from '../cluster-error.ts'
import { ports } from '../layout.ts'

const connectTimeoutMs = 3_000
const queryTimeoutMs = 10_000

/**
 * One write and one read as the application would do them, over TLS through the virtual IP: a table is made, filled and
 * read in the application's schema, and taken back; then an empty message is committed, which waits for the standbys.
 *
 * @throws Error of the driver when any of it does not work
 */
export async function verifyWrites(connection: ClientConfig): Promise<void> {
  const client = new Client({
    ...connection,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: queryTimeoutMs,
  })
  // One that breaks while idle says so here; the next query tells.
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('BEGIN')
    await client.query('CREATE TABLE fleet_deploy_check (n int)')
    await client.query('INSERT INTO fleet_deploy_check VALUES (1)')
    const { rows } = await client.query<{ n: number }>('SELECT n FROM fleet_deploy_check')
    await client.query('ROLLBACK')
    if (rows[0]?.n !== 1)
      throw new ClusterError('cluster_unhealthy', 'A row that was written could not be read.')
    await client.query("SELECT pg_logical_emit_message(true, 'fleet-deploy', '')")
  } finally {
    await client.end()
  }
}

/** The same address, where reads go. */
const readsOf = (connection: ClientConfig): ClientConfig => ({ ...connection, port: ports.reads })

/** @throws Error of the driver when no server for reads answers */
export async function verifyReads(connection: ClientConfig): Promise<void> {
  const client = new Client({
    ...readsOf(connection),
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: queryTimeoutMs,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('SELECT 1')
  } finally {
    await client.end()
  }
}
