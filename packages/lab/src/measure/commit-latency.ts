import { ClusterError, vipConnection } from '@fleet/cluster'
import pg from 'pg'
import { untilHealthy } from './run-fault.ts'
import type { MeasureContext } from './measure-context.ts'
import { openSingleNode } from './single-node.ts'
import { percentile } from './statistics.ts'

/** Milliseconds from sending one INSERT that commits by itself until its answer. */
export interface Latency {
  readonly p50: number
  readonly p99: number
}

export interface CommitLatency {
  readonly commits: number
  /** Through the virtual IP, acknowledged by a standby too. */
  readonly cluster: Latency
  readonly singleNode: Latency
}

const rounds = 6
const commitsARound = 250
const table = 'lab_latency'

/** Commits one after another by one client, in turns on the cluster and on a PostgreSQL without replication. */
export async function measureCommitLatency(context: MeasureContext): Promise<CommitLatency> {
  const { operation, secrets, pki, lab } = context
  await untilHealthy(context)
  const backup = lab.state.machines.find(({ roles }) => roles.includes('backup'))
  if (!backup) throw new ClusterError('lab_failed', 'The lab has no backup machine to compare on.')
  const single = await openSingleNode(context, backup)
  const { clock } = operation
  try {
    const clients = {
      cluster: new pg.Client(vipConnection(operation.spec, secrets, pki)),
      singleNode: new pg.Client(single.connection),
    }
    const took = { cluster: [] as number[], singleNode: [] as number[] }
    try {
      for (const client of Object.values(clients)) {
        await client.connect()
        await client.query(`DROP TABLE IF EXISTS ${table}`)
        await client.query(`CREATE TABLE ${table} (id serial PRIMARY KEY, at timestamptz DEFAULT now())`)
      }
      for (let round = 0; round < rounds; round += 1)
        for (const which of ['cluster', 'singleNode'] as const)
          for (let commit = 0; commit < commitsARound; commit += 1) {
            const startMs = clock.now()
            await clients[which].query(`INSERT INTO ${table} DEFAULT VALUES`)
            // The first round fills caches.
            if (round > 0) took[which].push(clock.now() - startMs)
          }
      await clients.cluster.query(`DROP TABLE ${table}`)
    } finally {
      await Promise.allSettled(Object.values(clients).map((client) => client.end()))
    }
    return {
      commits: took.cluster.length,
      cluster: latencyOf(took.cluster),
      singleNode: latencyOf(took.singleNode),
    }
  } finally {
    await single.close()
  }
}

const latencyOf = (values: readonly number[]): Latency => ({
  p50: percentile(values, 50),
  p99: percentile(values, 99),
})
