import { readAllKind } from '../../checkers/written-once.ts'
import { startClients } from '../clients.ts'
import type { Workload } from '../workload.ts'
import { createSqlSession } from './sql-session.ts'
import { dropTable, onPrimary } from './tables.ts'

export const insertKind = 'insert'
/** Some, so that one that waits for the answer of a dead connection does not count as the silence of all. */
const writers = 3
const pauseMs = 20

/** Where the rows of a run are. */
export const insertsTable = (runId: string): string => `fleet_drill_inserts_${runId}`

/**
 * Rows with an id of their own, each sent once and never repeated. No constraint keeps a second one out: what was applied
 * twice must show.
 */
export const inserts: Workload = {
  summary: `${writers} clients insert row after row through the virtual IP and never repeat one`,
  async start({ recorder, clock, writes, runId, note }) {
    const table = insertsTable(runId)
    await onPrimary(writes, (client) =>
      client.query(`CREATE TABLE ${table} (id bigint NOT NULL, at timestamptz NOT NULL DEFAULT now())`),
    )
    let lastId = 0
    const sessions = Array.from({ length: writers }, () => createSqlSession(writes))
    const clients = startClients(clock, pauseMs, () =>
      sessions.map((session, index) => async () => {
        const id = ++lastId
        const operation = recorder.begin({
          workload: 'inserts',
          process: `writer-${index + 1}`,
          kind: insertKind,
          key: String(id),
          value: id,
        })
        await session.record(operation, async ({ commit }) => {
          await commit(`INSERT INTO ${table} (id) VALUES ($1)`, [id])
          return null
        })
      }),
    )
    return {
      async stop(settleTimeoutMs) {
        await clients.stop(settleTimeoutMs)
        for (const session of sessions) session.close()
      },
      async readEnd() {
        const reading = recorder.begin({
          workload: 'inserts',
          process: 'auditor',
          kind: readAllKind,
          key: table,
          value: null,
        })
        try {
          const ids = await onPrimary(writes, async (client) => {
            const { rows } = await client.query<{ id: string }>(`SELECT id FROM ${table}`)
            return rows.map(({ id }) => id)
          })
          reading.ok(ids)
        } catch (error) {
          reading.fail(String(error))
        }
        await dropTable({ writes, note }, table)
      },
    }
  },
}
