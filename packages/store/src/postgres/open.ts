import { setTimeout as sleep } from 'node:timers/promises'
import type { PostgresConfig } from '../config.ts'
import { refuseUnfinished } from '../migrate-data/unfinished.ts'
import type { OpenOptions } from '../open-store.ts'
import type { Store } from '../port.ts'
import { createStore } from '../store.ts'
import { createPostgresBackend } from './backend.ts'
import { adoptRestoredLog } from './change-log.ts'
import { createPostgresConnection } from './connection.ts'
import { describeFailure, judge, translatePostgresError } from './errors.ts'
import { migratePostgres } from './migrate.ts'
import { createPostgresPositions } from './positions.ts'
import { createReadPort } from './read-port.ts'
import { failoverMs } from './watch.ts'

const maxWaitMs = 3_000

/** See `openStore`. A failover or a database that is still starting is waited for; a wrong password is not. */
export async function openPostgresStore(
  config: PostgresConfig,
  { report = () => {}, deadlineMs = failoverMs, now = Date.now, signal }: OpenOptions,
): Promise<Store> {
  const connection = createPostgresConnection(config)
  const readPort = config.readPort === null ? null : createReadPort(config, config.readPort, connection)
  const deadline = Date.now() + deadlineMs
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        await migratePostgres(connection, now())
        break
      } catch (error) {
        const waitMs = Math.min(maxWaitMs, 100 * 2 ** Math.min(attempt, 6)) * (0.5 + Math.random())
        if (judge(error, false).retry === null || Date.now() + waitMs > deadline)
          throw translatePostgresError(error, connection.location)
        report(
          `${connection.location} does not answer yet: ${describeFailure(error)}. ` +
            `Trying again for ${Math.ceil((deadline - Date.now()) / 1000)} s.`,
        )
        await sleep(waitMs, undefined, signal ? { signal } : {}).catch(() => {
          throw translatePostgresError(error, connection.location)
        })
      }
    }
    const backend = createPostgresBackend(
      connection,
      createPostgresPositions(connection, readPort ?? connection),
      readPort,
    )
    await refuseUnfinished(backend.db, connection.location)
    await adoptRestoredLog(connection)
    return createStore(backend)
  } catch (error) {
    await connection.close()
    throw error
  }
}
