// Run by crash.test.ts, which kills it at any moment: executes commands without end and says which were acknowledged.
import { openStore } from '../open-store.ts'

const [file = '', round = '0'] = process.argv.slice(2)
const store = await openStore({ backend: 'sqlite', file })
const actor = { id: null, name: 'crash' }
for (let n = 0; ; n++) {
  const suffix = `${round.padStart(6, '0')}${String(n).padStart(6, '0')}`
  const id = `00000000-0000-7000-8000-${suffix}` as never
  const key = `${round}-${n}`
  // Announced before, acknowledged after: what is between the two may have happened or not.
  process.stdout.write(`try ${key}\n`)
  const outcome = await store.execute(
    { type: 'bike.create', id, code: `KIL-${n}${round.padStart(2, '0')}`, kind: 'city', note: '' },
    { key, actor, nowMs: 1_700_000_000_000 + n },
  )
  process.stdout.write(`${outcome.ok ? 'ok' : outcome.refusal.message} ${key}\n`)
}
