import type { Workload } from '../workload.ts'
import { startClients } from '../clients.ts'
import { createSqlSession, type SqlTransaction } from './sql-session.ts'
import { dropTable, onPrimary } from './tables.ts'

/** A read of whoever never writes: a standby may answer it however old it is. */
export const lookKind = 'look'

const processes = 2
const pauseMs = 50
/** So long a reader waits for a standby to have what it wrote itself; then it reads from the primary. */
const freshWithinMs = 200
const askAgainMs = 20

/**
 * Sessions that write on the primary and read on the port of the standbys, as the app does where a list may be a little
 * old: whoever wrote waits until the standby has replayed that write, or asks the primary. Beside them one who only
 * reads, whose answers do not wait for a primary.
 */
export const sessions: Workload = {
  summary: `${processes} clients write through port 5432 and read what they wrote through port 5433; one only reads there`,
  async start({ recorder, clock, writes, reads, runId, note }) {
    const table = `fleet_drill_sessions_${runId}`
    const workload = 'sessions'
    const names = Array.from({ length: processes }, (_, index) => `session-${index + 1}`)
    await onPrimary(writes, async (client) => {
      await client.query(`CREATE TABLE ${table} (name text PRIMARY KEY, value bigint NOT NULL)`)
      for (const name of names) await client.query(`INSERT INTO ${table} VALUES ($1, 0)`, [name])
    })
    const readValue = async ({ query }: SqlTransaction, name: string) => {
      const [row] = await query<{ value: string }>(`SELECT value FROM ${table} WHERE name = $1`, [name])
      return Number(row?.value)
    }
    const all = names.map((name) => ({
      name,
      writer: createSqlSession(writes),
      reader: createSqlSession(reads),
      value: 0,
      /** Where the WAL was after the last acknowledged write. */
      lsn: '0/0',
    }))
    const looker = createSqlSession(reads)
    const look = async () => {
      const who = { workload, process: 'looker', key: names[0]! }
      await looker.record(recorder.begin({ ...who, kind: lookKind, value: null }), (transaction) =>
        readValue(transaction, who.key),
      )
    }
    const clients = startClients(clock, pauseMs, ({ stopping }) => [
      look,
      ...all.map((own) => async () => {
        const who = { workload, process: own.name, key: own.name }
        const value = ++own.value
        await own.writer.record(
          recorder.begin({ ...who, kind: 'write', value }),
          async ({ commit, query }) => {
            await commit(`UPDATE ${table} SET value = $2 WHERE name = $1`, [own.name, value])
            const [row] = await query<{ lsn: string }>('SELECT pg_current_wal_lsn() AS lsn')
            own.lsn = row?.lsn ?? own.lsn
            return null
          },
        )
        const reading = recorder.begin({ ...who, kind: 'read', value: 'standby' })
        let isStale = false
        const done = await own.reader.record(reading, async (transaction) => {
          const deadlineMs = clock.now() + freshWithinMs
          for (;;) {
            const [row] = await transaction.query<{ fresh: boolean }>(
              'SELECT NOT pg_is_in_recovery() OR pg_last_wal_replay_lsn() >= $1 AS fresh',
              [own.lsn],
            )
            if (row?.fresh === true) return await readValue(transaction, own.name)
            if (clock.now() > deadlineMs) {
              isStale = true
              throw new Error('The standby has not replayed the last write yet; the primary is asked.')
            }
            await clock.sleep(askAgainMs, stopping).catch(() => {})
          }
        })
        if (done || !isStale) return
        const fallback = recorder.begin({ ...who, kind: 'read', value: 'primary' })
        await own.writer.record(fallback, (transaction) => readValue(transaction, own.name))
      }),
    ])
    return {
      async stop(settleTimeoutMs) {
        await clients.stop(settleTimeoutMs)
        looker.close()
        for (const { writer, reader } of all) for (const session of [writer, reader]) session.close()
      },
      readEnd: () => dropTable({ writes, note }, table),
    }
  },
}
