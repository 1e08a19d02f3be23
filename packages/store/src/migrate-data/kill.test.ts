import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { StoreConfig } from '../config.ts'
import { makeBatch, makeFix } from '../contract/positions-fixtures.ts'
import { openStore } from '../open-store.ts'
import type { Store } from '../port.ts'
import { contentOf, fillFleet } from './filled-fleet.ts'
import type { MigrationOptions } from './index.ts'
import { openMigrationHarness, type MigrationHarness } from './migration-harness.ts'

let harness: MigrationHarness
beforeAll(async () => {
  harness = await openMigrationHarness()
})
afterAll(() => harness.close())

/** Enough for some batches. */
async function fillWithPositions(store: Store): Promise<void> {
  await fillFleet(store)
  for (let batch = 0; batch < 12; batch++) {
    const fixes = Array.from({ length: 5_000 }, (_, i) =>
      makeFix(10 + (i % 40), batch * 3_000 + Math.floor(i / 40)),
    )
    await store.appendFixes(makeBatch(fixes))
  }
}

type Migration = Pick<MigrationOptions, 'sqlite' | 'postgres' | 'direction'>

/**
 * Runs a migration in a process of its own and kills it.
 *
 * @param killAt after so many steps were announced, and a little later
 * @returns the last thing that it said: it may have been through before
 */
async function runUntilKilled(
  migration: Migration,
  killAt: { readonly steps: number; readonly delayMs: number } | null,
): Promise<string> {
  const script = join(import.meta.dirname, 'kill-migration.ts')
  const child = spawn(process.execPath, [script, JSON.stringify(migration)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const closed = new Promise((resolve) => child.once('close', resolve))
  let [steps, last] = [0, '']
  for await (const line of createInterface({ input: child.stdout })) {
    last = line
    if (killAt === null || ++steps !== killAt.steps) continue
    await sleep(killAt.delayMs)
    child.kill('SIGKILL')
  }
  await closed
  return last
}

const someKills = fc.array(fc.record({ steps: fc.integer({ min: 1, max: 40 }), delayMs: fc.nat(12) }), {
  minLength: 1,
  maxLength: 3,
})

/** Whether the target lets the app in, which it does when the migration is through. */
async function letsIn(target: StoreConfig): Promise<boolean> {
  try {
    await (await openStore(target)).close()
    return true
  } catch (error) {
    expect(error).toMatchObject({ code: 'migration_unfinished' })
    return false
  }
}

/** Kills a migration again and again; in between the app must not get at the target. */
async function migrateThroughKills(
  migration: Migration,
  kills: readonly { readonly steps: number; readonly delayMs: number }[],
): Promise<void> {
  const target = migration.direction === 'to_postgres' ? migration.postgres : migration.sqlite
  for (const kill of kills) {
    if ((await runUntilKilled(migration, kill)) === 'equal') return
    // At the first step it has set its mark already; it may have removed it and not have said so yet.
    if (await letsIn(target)) return
  }
  expect(await runUntilKilled(migration, null)).toBe('equal')
}

test.each(['to_postgres', 'to_sqlite'] as const)(
  'killed at any moments, a migration %s goes on and ends with all of it',
  async (direction) => {
    const [file, original] = [harness.newFile(), await harness.server.createDatabase()]
    await harness.onFile(file, fillWithPositions)
    await harness.migrate(file, original)
    await fc.assert(
      fc.asyncProperty(someKills, async (kills) => {
        const copy = harness.newFile()
        const database = direction === 'to_postgres' ? await harness.server.createDatabase() : original
        await migrateThroughKills(
          {
            sqlite: { backend: 'sqlite', file: direction === 'to_postgres' ? file : copy },
            postgres: harness.server.config(database, 2),
            direction,
          },
          kills,
        )
        if (direction === 'to_postgres') await harness.migrate(copy, database, { direction: 'to_sqlite' })
        expect(contentOf(copy)).toEqual(contentOf(file))
      }),
      { numRuns: 2 },
    )
  },
  240_000,
)
