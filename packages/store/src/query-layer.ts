import {
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
} from 'kysely'
import type { Schema } from './schema.ts'

/** Whether a statement of ours only reads. */
export const isRead = (sql: string): boolean => /^\s*(?:select|with)\b/.test(sql)

/** Runs one statement with its values bound. */
export type Run = (sql: string, values: readonly unknown[]) => Promise<readonly unknown[]>

/**
 * Kysely as a typed writer of SQL over a connection that somebody else opened. Transactions belong to the
 * connection's owner, who knows how to lock, retry and classify a lost commit; Kysely's own are refused.
 */
export function createQueryLayer(sqlDialect: 'sqlite' | 'postgres', run: Run): Kysely<Schema> {
  const driver = createDriver(run)
  return new Kysely<Schema>({
    dialect:
      sqlDialect === 'sqlite'
        ? {
            createAdapter: () => new SqliteAdapter(),
            createDriver: () => driver,
            createIntrospector: (db) => new SqliteIntrospector(db),
            createQueryCompiler: () => new SqliteQueryCompiler(),
          }
        : {
            createAdapter: () => new PostgresAdapter(),
            createDriver: () => driver,
            createIntrospector: (db) => new PostgresIntrospector(db),
            createQueryCompiler: () => new PostgresQueryCompiler(),
          },
  })
}

function createDriver(run: Run): Driver {
  const connection: DatabaseConnection = {
    async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
      return { rows: (await run(sql, parameters)) as R[] }
    },
    // eslint-disable-next-line require-yield -- the interface wants a generator
    async *streamQuery() {
      throw new Error('This connection does not stream')
    },
  }
  const refused = () =>
    Promise.reject(new Error('Open transactions through the connection, not through Kysely'))
  const nothing = () => Promise.resolve()
  return {
    init: nothing,
    acquireConnection: () => Promise.resolve(connection),
    beginTransaction: refused,
    commitTransaction: refused,
    rollbackTransaction: refused,
    releaseConnection: nothing,
    destroy: nothing,
  }
}
