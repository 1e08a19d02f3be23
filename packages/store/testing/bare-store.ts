import type { Command, CommandOf, CommandType } from '@fleet/domain'
import { noSeq } from '../src/change-lines.ts'
import { createCommandReader } from '../src/command-reader.ts'
import type { PostgresConfig } from '../src/config.ts'
import { applyWrites } from '../src/entities.ts'
import { decideOne } from '../src/executor.ts'
import { openStore } from '../src/open-store.ts'
import type { CommandContext, CommandOutcome, Store } from '../src/port.ts'
import { createPostgresBackend, openTransaction } from '../src/postgres/backend.ts'
import { createPostgresConnection } from '../src/postgres/connection.ts'
import { createPostgresPositions } from '../src/postgres/positions.ts'
import { createStore } from '../src/store.ts'

/**
 * The store, but its commands leave no record under their key and no lines in the change log: what those two cost is the
 * difference. The rest is the same code: the locks of the rows, reading, deciding, writing, one COMMIT, no needless round
 * trip. Takes what changes one row that is there.
 */
export async function openBareStore(config: PostgresConfig): Promise<Store> {
  await (await openStore(config)).close()
  const connection = createPostgresConnection(config)
  const execute = (command: Command, context: CommandContext): Promise<CommandOutcome> =>
    connection.withStatements(
      async (statements, client) => {
        const tx = openTransaction(statements, client)
        await tx.lock('everything', 'shared')
        const decision = await decideOne(createCommandReader(tx, true), command, context)
        if (!decision.ok) return { ok: false, replayed: false, refusal: decision.refusal }
        await applyWrites(tx.db, decision.value)
        return { ok: true, replayed: false, entity: decision.value[0].entity, seq: noSeq }
      },
      { signal: context.signal },
    )
  return {
    ...createStore(createPostgresBackend(connection, createPostgresPositions(connection))),
    execute: <T extends CommandType>(command: CommandOf<T>, context: CommandContext) =>
      execute(command, context) as Promise<CommandOutcome<T>>,
  }
}
