import type { Workload } from '../workload.ts'
import { startClients } from '../clients.ts'
import { createSqlSession } from './sql-session.ts'
import { dropTable, onPrimary } from './tables.ts'

const rows = ['row-1', 'row-2', 'row-3', 'row-4'] as const
const processes = 3
const readShare = 0.3

/** Clients that read and change the same few rows: every value is written once, so that each tells who wrote it. */
export const registers: Workload = {
  summary: `${processes} clients read and change the same ${rows.length} rows through the virtual IP`,
  async start({ recorder, clock, writes, runId, random, note }) {
    const table = `fleet_drill_rows_${runId}`
    const workload = 'registers'
    let lastValue = 0
    await onPrimary(writes, async (client) => {
      await client.query(`CREATE TABLE ${table} (key text PRIMARY KEY, value bigint NOT NULL)`)
      for (const key of rows) {
        const operation = recorder.begin({
          workload,
          process: 'setup',
          kind: 'write',
          key,
          value: ++lastValue,
        })
        await client.query(`INSERT INTO ${table} (key, value) VALUES ($1, $2)`, [key, lastValue])
        operation.ok()
      }
    })
    const sessions = Array.from({ length: processes }, () => createSqlSession(writes))
    const clients = startClients(clock, 25, () =>
      sessions.map((session, index) => async () => {
        const key = rows[Math.floor(random() * rows.length)]!
        const who = { workload, process: `client-${index + 1}`, key }
        if (random() < readShare) {
          const operation = recorder.begin({ ...who, kind: 'read', value: null })
          await session.record(operation, async ({ query }) => {
            const [row] = await query<{ value: string }>(`SELECT value FROM ${table} WHERE key = $1`, [key])
            return Number(row?.value)
          })
          return
        }
        const value = ++lastValue
        const operation = recorder.begin({ ...who, kind: 'swap', value })
        await session.record(operation, async ({ query, commit }) => {
          await query('BEGIN')
          const [row] = await query<{ value: string }>(
            `SELECT value FROM ${table} WHERE key = $1 FOR UPDATE`,
            [key],
          )
          const from = Number(row?.value)
          await query(`UPDATE ${table} SET value = $2 WHERE key = $1`, [key, value])
          await commit('COMMIT', [], { from })
          return { from }
        })
      }),
    )
    return {
      async stop(settleTimeoutMs) {
        await clients.stop(settleTimeoutMs)
        for (const session of sessions) session.close()
      },
      async readEnd() {
        const readings = rows.map((key) => ({
          key,
          operation: recorder.begin({ workload, process: 'auditor', kind: 'read', key, value: null }),
        }))
        try {
          const found = await onPrimary(writes, async (client) => {
            const all = await client.query<{ key: string; value: string }>(`SELECT key, value FROM ${table}`)
            return new Map(all.rows.map(({ key, value }) => [key, Number(value)]))
          })
          for (const { key, operation } of readings) operation.ok(found.get(key) ?? null)
        } catch (error) {
          for (const { operation } of readings) operation.fail(String(error))
        }
        await dropTable({ writes, note }, table)
      },
    }
  },
}
