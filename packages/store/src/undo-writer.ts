// Run by undo-crash.test.ts, which kills it at any moment: changes many rows at once, undoes it and does it again, without end.
import type { BikeId, CommandType } from '@fleet/domain'
import type { StoreConfig } from './config.ts'
import { openStore } from './open-store.ts'

const [config = '', round = '0', count = '0'] = process.argv.slice(2)
const store = await openStore(JSON.parse(config) as StoreConfig)
const actor = { id: null, name: 'crash' }
const allowed: readonly CommandType[] = ['bike.update']
const ids = Array.from(
  { length: Number(count) },
  (_, n) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}` as BikeId,
)

/** Announced before, acknowledged after: what is between the two may have happened or not. */
async function announced(step: string, act: () => Promise<{ readonly ok: boolean }>): Promise<void> {
  process.stdout.write(`try ${step}\n`)
  const { ok } = await act()
  process.stdout.write(`${ok ? 'ok' : 'refused'} ${step}\n`)
}

for (let n = 0; ; n++) {
  const key = `${round}-${n}`
  const context = (suffix: string) => ({ key: `${key}${suffix}`, actor, nowMs: 1_700_000_000_000 + n })
  const commands = ids.map((id) => ({
    type: 'bike.update' as const,
    id,
    expectedVersion: null,
    patch: { note: key },
  }))
  await announced(`do ${key}`, () => store.executeAll(commands, context('')))
  await announced(`undo ${key}`, () => store.undo({ key, allowed }, context('-undo')))
  await announced(`redo ${key}`, () => store.undo({ key: `${key}-undo`, allowed }, context('-redo')))
}
