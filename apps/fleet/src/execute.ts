import { randomUUID } from 'node:crypto'
import type { CommandOf, CommandType, EntityByKind, KindOf } from '@fleet/domain'
import type { CommandContext, Store } from '@fleet/store'
import type { CommandWorld } from './command.ts'
import { RefusedError } from './refused-error.ts'

/** Who acts when somebody with a shell on the server does. */
export const cliContext = (world: CommandWorld): CommandContext => ({
  key: `cli:${randomUUID()}`,
  actor: { id: null, name: 'cli' },
  nowMs: world.now(),
})

/**
 * Executes one command for the person at the keyboard.
 *
 * @returns the row after it; null when it was removed
 * @throws RefusedError when the store says no; AppError when the database is away
 */
export async function execute<T extends CommandType>(
  store: Store,
  world: CommandWorld,
  command: CommandOf<T>,
): Promise<EntityByKind[KindOf<T>] | null> {
  const outcome = await store.execute<T>(command, cliContext(world))
  if (!outcome.ok) throw new RefusedError(outcome.refusal)
  return outcome.entity
}
