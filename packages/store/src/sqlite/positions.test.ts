import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describePositionsContract } from '../contract/positions.contract.ts'
import { openSqlite, type SqliteConnection } from './connection.ts'
import { migrateSqlite } from './migrate.ts'
import { createSqlitePositions } from './positions.ts'

describePositionsContract('SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-positions-'))
  const file = join(folder, 'fleet.db')
  const connections: SqliteConnection[] = []
  const connect = async () => {
    const connection = await openSqlite(file)
    connections.push(connection)
    return connection
  }
  const connection = await connect()
  await migrateSqlite(connection, 0)
  const positions = createSqlitePositions(connection)
  return {
    positions,
    another: async () => createSqlitePositions(await connect()),
    allLatest: () => connection.snapshot((tx) => positions.allLatestIn(tx)),
    clearFor: (owners) => connection.transaction((tx) => positions.clearFor(tx, owners)),
    async close() {
      for (const one of connections) await one.close()
      rmSync(folder, { recursive: true })
    },
  }
})
