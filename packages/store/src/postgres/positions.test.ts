import { startPostgres } from '../../testing/index.ts'
import { describePositionsContract } from '../contract/positions.contract.ts'
import { createPostgresConnection, type PostgresConnection } from './connection.ts'
import { migratePostgres } from './migrate.ts'
import { createPostgresPositions } from './positions.ts'

describePositionsContract('PostgreSQL', async () => {
  const server = await startPostgres()
  const database = await server.createDatabase()
  const connections: PostgresConnection[] = []
  const connect = () => {
    const connection = createPostgresConnection({
      backend: 'postgres',
      host: server.host,
      port: server.port,
      user: server.user,
      password: server.password,
      database,
      poolSize: 4,
      ssl: { mode: 'disable', rootCertFile: null },
    })
    connections.push(connection)
    return connection
  }
  const connection = connect()
  await migratePostgres(connection, 0)
  const positions = createPostgresPositions(connection)
  return {
    positions,
    another: async () => createPostgresPositions(connect()),
    allLatest: () => connection.withSnapshot((tx) => positions.allLatestIn(tx)),
    clearFor: (owners) => connection.withTransaction((tx) => positions.clearFor(tx, owners)),
    async close() {
      for (const one of connections) await one.close()
      await server.stop()
    },
  }
})
