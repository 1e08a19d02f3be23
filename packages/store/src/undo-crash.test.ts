import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { BikeId, CommandType } from '@fleet/domain'
import { expect, test } from 'vitest'
import { startPostgres } from '../testing/postgres-server.ts'
import type { StoreConfig } from './config.ts'
import { checkLog, makeContext, makeId, readLog } from './contract/harness.ts'
import { openStore } from './open-store.ts'

const rounds = 5
const timeout = 120_000
const bikes = 40
const allowed: readonly CommandType[] = ['bike.update']

/** What undo-writer.ts did, and to which change. */
type Step = readonly [what: string, key: string]

/** As undo-writer.ts asks for it. */
const changeAll = (note: string) =>
  Array.from({ length: bikes }, (_, n) => ({
    type: 'bike.update' as const,
    id: makeId<BikeId>(n),
    expectedVersion: null,
    patch: { note },
  }))

/**
 * A process that does, undoes and redoes one change of many rows is killed with SIGKILL again and again. Whatever it was
 * writing is there for all rows or for none, and the same request sent again brings all of them to where it leads.
 */
async function killWhileUndoing(config: StoreConfig): Promise<void> {
  const first = await openStore(config)
  const created = await first.executeAll(
    Array.from({ length: bikes }, (_, n) => ({
      type: 'bike.create' as const,
      id: makeId<BikeId>(n),
      code: `UND-${n}`,
      kind: 'city' as const,
      note: 'new',
    })),
    makeContext(),
  )
  expect(created.ok).toBe(true)
  await first.close()
  let before = 'new'
  const killedDuring = new Set<string>()
  for (let round = 0; round < rounds; round++) {
    // Another place each time: after a do, an undo, a redo.
    const { acknowledged, unanswered } = await writeUntilKilled(config, round, 4 + round * 4)
    const noteAfter = ([what, key]: Step, prior: string) => (what === 'undo' ? prior : key)
    let note = before
    let prior = before
    for (const step of acknowledged) {
      if (step[0] === 'do') prior = note
      note = noteAfter(step, prior)
    }
    const store = await openStore(config)
    expect(checkLog(await readLog(store))).toEqual([])
    const states = async () =>
      new Set((await store.snapshot()).bikes.map(({ note, version }) => `${note} at ${version}`))
    const [state, ...others] = await states()
    expect(others).toEqual([])
    const found = state!.replace(/ at \d+$/, '')
    if (unanswered === null) expect(found).toBe(note)
    else {
      const [what, key] = unanswered
      killedDuring.add(what)
      const goal = noteAfter(unanswered, what === 'do' ? note : prior)
      expect([note, goal]).toContain(found)
      const again =
        what === 'do'
          ? store.executeAll(changeAll(key), makeContext({ key }))
          : store.undo(
              { key: what === 'undo' ? key : `${key}-undo`, allowed },
              makeContext({ key: `${key}-${what}` }),
            )
      expect((await again).ok).toBe(true)
      const [after, ...none] = await states()
      expect(none).toEqual([])
      expect(after!.replace(/ at \d+$/, '')).toBe(goal)
      note = goal
    }
    before = note
    await store.close()
  }
  // The test would prove nothing if the kills had met an idle process.
  expect(killedDuring.size).toBeGreaterThan(0)
}

async function writeUntilKilled(config: StoreConfig, round: number, steps: number) {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'undo-writer.ts'), JSON.stringify(config), String(round), String(bikes)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const closed = new Promise((resolve) => child.once('close', resolve))
  const acknowledged: Step[] = []
  let unanswered: Step | null = null
  for await (const line of createInterface({ input: child.stdout })) {
    const [word, what, key] = line.split(' ')
    const step: Step = [what!, key!]
    if (word === 'try') {
      unanswered = step
      // While it writes: the announcement is on its way here before the commit is on disk.
      if (acknowledged.length >= steps) child.kill('SIGKILL')
    } else if (word === 'ok') {
      unanswered = null
      acknowledged.push(step)
    } else throw new Error(`The writer was refused: ${line}`)
  }
  await closed
  expect(acknowledged.length).toBeGreaterThanOrEqual(steps)
  return { acknowledged, unanswered }
}

test('an undo killed while it was written is there whole or not at all, on SQLite', { timeout }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-undo-crash-'))
  await killWhileUndoing({ backend: 'sqlite', file: join(folder, 'fleet.db') })
  rmSync(folder, { recursive: true })
})

test(
  'an undo killed while it was written is there whole or not at all, on PostgreSQL',
  { timeout },
  async () => {
    const server = await startPostgres()
    try {
      await killWhileUndoing(server.config(await server.createDatabase(), 2))
    } finally {
      await server.stop()
    }
  },
)
