import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { WorkloadContext } from '../workload.ts'

const connectTimeoutMs = 3_000
const queryTimeoutMs = 60_000
const tries = 40
const pauseMs = 500
/** A table that stays harms nobody, so that a drill does not wait long to drop it. */
const dropTries = 5

/**
 * Runs statements on the primary, before the faults and after them; tries again while it cannot be reached.
 *
 * @throws what PostgreSQL says at last
 */
export async function onPrimary<T>(
  connection: pg.ClientConfig,
  work: (client: pg.Client) => Promise<T>,
  mostTries = tries,
): Promise<T> {
  for (let left = mostTries; ; left -= 1) {
    const client = new pg.Client({
      ...connection,
      connectionTimeoutMillis: connectTimeoutMs,
      query_timeout: queryTimeoutMs,
    })
    client.on('error', () => {})
    try {
      await client.connect()
      return await work(client)
    } catch (error) {
      if (left <= 1 || isWrong(error)) throw error
      await sleep(pauseMs)
    } finally {
      client.end().catch(() => {})
    }
  }
}

/** A table that is not there, no right to it: it is refused again, however often it is asked for. */
const isWrong = (error: unknown) => error instanceof pg.DatabaseError && error.code?.startsWith('42') === true

/** Takes away what was made for a run. One that cannot be dropped is noted: what was recorded is as good without. */
export async function dropTable(
  { writes, note }: Pick<WorkloadContext, 'writes' | 'note'>,
  table: string,
): Promise<void> {
  try {
    await onPrimary(writes, (client) => client.query(`DROP TABLE IF EXISTS ${table}`), dropTries)
  } catch (error) {
    note(`the table ${table} could not be dropped: ${error instanceof Error ? error.message : String(error)}`)
  }
}
