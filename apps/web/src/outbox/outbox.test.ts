import { type ApiClient, ApiError, type Problem } from '@fleet/api'
import type { UserId } from '@fleet/domain'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Intent, keyOf, type OutboxEntry, readEntry } from './outbox-entry.ts'
import type { OutboxStore } from './outbox-store.ts'
import { maxAgeMs, Outbox } from './outbox.ts'

const eva = 'eva' as UserId
const startMs = 1_780_000_000_000

/** A disk: what was written is there for the next process. */
function createDisk(): OutboxStore & { readonly entries: OutboxEntry[] } {
  const entries: OutboxEntry[] = []
  let no = 0
  return {
    entries,
    async add(entry) {
      const added = { ...entry, no: ++no }
      entries.push(added)
      return added
    },
    all: async () => [...entries],
    async change(no, change) {
      const at = entries.findIndex((entry) => entry.no === no)
      if (at < 0) return null
      const next = change(entries[at]!)
      entries.splice(at, 1, ...(next === null ? [] : [next]))
      return next
    },
  }
}

type Network = 'fine' | 'not sent' | 'answer lost' | 'busy' | 'foreign page' | 'odd answer'

/** A server that does each key once, and refuses what it is told to refuse: for as long as it knows the key. */
class FakeServer {
  readonly done: string[] = []
  readonly #refusals = new Map<string, Problem>()
  readonly refused = new Map<string, Problem>()
  signedIn: string | null = eva
  readonly network: Network[] = []
  /** Before anything is done: a test looks in there. */
  onCall: (route: string) => void = () => undefined

  readonly api = {
    call: async (route: string, { idempotencyKey }: { idempotencyKey?: string }) => {
      this.onCall(route)
      if (route === 'getSession') {
        if (this.signedIn === null) throw new ApiError(problem('not_signed_in', 401))
        return { user: { id: this.signedIn } }
      }
      const network = this.network.shift() ?? 'fine'
      if (network === 'not sent') throw new TypeError('Failed to fetch')
      if (network === 'busy') throw new ApiError(problem('database_unavailable', 503))
      if (network === 'foreign page') throw new SyntaxError('Unexpected token <')
      const refusal = this.#refusals.get(idempotencyKey!) ?? this.refused.get(idempotencyKey!)
      if (refusal !== undefined) {
        if (refusal.status < 500) this.#refusals.set(idempotencyKey!, refusal)
        throw new ApiError(refusal)
      }
      if (!this.done.includes(idempotencyKey!)) this.done.push(idempotencyKey!)
      if (network === 'odd answer') return { of: 'another version' }
      if (network === 'answer lost') throw new TypeError('Failed to fetch')
      return undefined
    },
  } as unknown as ApiClient
}

const problem = (code: string, status = 409): Problem => ({
  type: 'about:blank',
  title: code,
  status,
  detail: code,
  code,
})

/** Any route that answers nothing will do. */
const intent = (...keys: [string, ...string[]]): Intent => ({
  done: keys.at(-1)!,
  requests: keys.map((key) => ({
    route: 'unshareDelivery' as const,
    input: { params: { id: key } },
    key,
  })) as [Intent['requests'][0]],
  shows: [],
})

const openOutbox = (disk: OutboxStore, server: Pick<FakeServer, 'api'>, now = () => startMs) =>
  new Outbox({ store: disk, api: server.api, now, alone: (work) => work(), tellOthers: () => undefined })
const started = (outbox: Outbox, onAnswered: () => Promise<void> = async () => undefined) => {
  outbox.start({ userId: eva, onAnswered })
  return outbox
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())
/** Long enough for every retry. */
const settle = () => vi.advanceTimersByTimeAsync(120_000)

test('what is taken is on disk before it is said to be, and is sent in order', async () => {
  const [disk, server] = [createDisk(), new FakeServer()]
  const outbox = started(openOutbox(disk, server))
  server.network.push('not sent', 'not sent')
  expect(await outbox.accept(intent('a'))).toBe('a')
  expect(disk.entries.map(keyOf)).toEqual(['a'])
  await outbox.accept(intent('photo', 'b'))
  await settle()
  expect(server.done).toEqual(['a', 'photo', 'b'])
  expect(outbox.view).toEqual({ entries: [], state: 'resting' })
})

test('what was refused stays until it is read, and holds up nothing', async () => {
  const [disk, server] = [createDisk(), new FakeServer()]
  server.refused.set('a', problem('not_found', 404))
  const outbox = started(openOutbox(disk, server))
  await outbox.accept(intent('a'))
  await outbox.accept(intent('b'))
  await settle()
  expect(server.done).toEqual(['b'])
  expect(outbox.view.entries).toMatchObject([{ problem: { code: 'not_found' } }])
  const { no } = outbox.view.entries[0]!
  server.refused.clear()
  // The server repeats its refusal to whoever sends the same key.
  await outbox.retry(no)
  await settle()
  expect(server.done).toHaveLength(2)
  expect(disk.entries).toEqual([])
})

test('what waits is not discarded, what was refused is', async () => {
  const [disk, server] = [createDisk(), new FakeServer()]
  server.refused.set('a', problem('not_found', 404))
  const outbox = started(openOutbox(disk, server))
  await outbox.accept(intent('a'))
  await settle()
  server.network.push(...Array.from({ length: 100 }, () => 'not sent' as const))
  await outbox.accept(intent('b'))
  for (const { no } of outbox.view.entries) await outbox.discard(no)
  expect(disk.entries.map(keyOf)).toEqual(['b'])
})

test.each([500, 502, 503, 520])(
  'a server that says %i may have done it: what waits goes on waiting, in order',
  async (status) => {
    const [disk, server] = [createDisk(), new FakeServer()]
    server.refused.set('a', problem('unreadable_answer', status))
    const outbox = started(openOutbox(disk, server))
    await outbox.accept(intent('a'))
    await outbox.accept(intent('b'))
    await settle()
    expect(disk.entries).toMatchObject([{ problem: null }, { problem: null }])
    server.refused.clear()
    await settle()
    expect(server.done).toEqual(['a', 'b'])
  },
)

test('a bug of the server is told after some attempts, and holds up nothing', async () => {
  const [disk, server] = [createDisk(), new FakeServer()]
  server.refused.set('a', problem('internal_error', 500))
  const outbox = started(openOutbox(disk, server))
  await outbox.accept(intent('a'))
  await outbox.accept(intent('b'))
  await settle()
  expect(outbox.view.entries).toMatchObject([{ done: 'a', problem: { code: 'internal_error' } }])
  expect(server.done).toEqual(['b'])
})

test('an answer that never fits is told; trying again and taking back do not do it twice', async () => {
  const [disk, server] = [createDisk(), new FakeServer()]
  const odd = (times: number) =>
    server.network.push(...Array.from({ length: times }, () => 'odd answer' as const))
  odd(3)
  const outbox = started(openOutbox(disk, server))
  await outbox.accept(intent('a'))
  await outbox.accept(intent('b'))
  await settle()
  expect(outbox.view.entries).toMatchObject([{ done: 'a', problem: { code: 'unfit_answer' } }])
  await outbox.retry(outbox.view.entries[0]!.no)
  await settle()
  expect(server.done).toEqual(['a', 'b'])
  expect(disk.entries).toEqual([])
  odd(3)
  await outbox.accept(intent('c'))
  await settle()
  // It was done: forgetting it would leave it so.
  await outbox.undo('c', { done: 'undone', shows: [] })
  expect(disk.entries).toMatchObject([{ done: 'c' }, { requests: [{ route: 'undo' }] }])
})

test('the page of a stranger is no answer', async () => {
  const [disk, server] = [createDisk(), new FakeServer()]
  server.network.push('foreign page')
  const outbox = started(openOutbox(disk, server))
  await outbox.accept(intent('a'))
  await vi.advanceTimersByTimeAsync(0)
  expect(disk.entries).toHaveLength(1)
  await settle()
  expect(server.done).toEqual(['a'])
})

test('undo forgets what was never sent, and follows what may have arrived', async () => {
  const [disk, server] = [createDisk(), new FakeServer()]
  const outbox = openOutbox(disk, server)
  server.signedIn = null
  started(outbox)
  await outbox.accept(intent('a'))
  await vi.advanceTimersByTimeAsync(0)
  await outbox.undo('a', { done: 'undone', shows: [] })
  expect(disk.entries).toEqual([])
  server.signedIn = eva
  server.network.push('answer lost')
  await outbox.accept(intent('b'))
  await vi.advanceTimersByTimeAsync(0)
  await outbox.undo('b', { done: 'undone', shows: [] })
  expect(disk.entries).toMatchObject([{ triedAtMs: startMs }, { requests: [{ route: 'undo' }] }])
  expect(disk.entries[1]!.requests[0].input).toEqual({ body: { key: 'b' } })
})

test('what was refused and was to be undone needs nobody’s attention', async () => {
  const [disk, server] = [createDisk(), new FakeServer()]
  server.refused.set('a', problem('not_found', 404))
  server.network.push('not sent')
  const outbox = started(openOutbox(disk, server))
  await outbox.accept(intent('a'))
  await vi.advanceTimersByTimeAsync(0)
  await outbox.undo('a', { done: 'undone', shows: [] })
  await settle()
  expect(disk.entries).toEqual([])
  expect(server.done).toEqual([])
})

test('nothing is sent in the name of somebody else', async () => {
  const [disk, server] = [createDisk(), new FakeServer()]
  server.signedIn = 'bram'
  const outbox = started(openOutbox(disk, server))
  await outbox.accept(intent('a'))
  await settle()
  expect(outbox.view).toMatchObject({ entries: [{ done: 'a' }], state: 'signed-out' })
  expect(server.done).toEqual([])
  const other = openOutbox(disk, server)
  other.start({ userId: 'bram' as UserId, onAnswered: async () => undefined })
  await settle()
  expect(other.view.entries).toEqual([])
  expect(server.done).toEqual([])
})

test('what may have arrived is not sent again after its key is forgotten, and is told', async () => {
  const [disk, server] = [createDisk(), new FakeServer()]
  let nowMs = startMs
  const outbox = started(openOutbox(disk, server, () => nowMs))
  server.network.push('answer lost', 'not sent')
  await outbox.accept(intent('a'))
  await vi.advanceTimersByTimeAsync(0)
  nowMs += maxAgeMs
  await settle()
  expect(outbox.view.entries).toMatchObject([{ problem: { code: 'too_old' } }])
  expect(server.done).toEqual(['a'])
})

test('what waited for long before it was first sent is sent again, as long as the server knows its key', async () => {
  const [disk, server] = [createDisk(), new FakeServer()]
  let nowMs = startMs
  const outbox = started(openOutbox(disk, server, () => nowMs))
  server.signedIn = null
  await outbox.accept(intent('a'))
  await settle()
  nowMs += maxAgeMs
  server.signedIn = eva
  server.network.push('answer lost')
  outbox.send()
  await vi.advanceTimersByTimeAsync(0)
  expect(disk.entries).toMatchObject([{ triedAtMs: nowMs, problem: null }])
  nowMs += maxAgeMs - 1
  await settle()
  expect(disk.entries).toEqual([])
  expect(server.done).toEqual(['a'])
})

test('an entry of an older version of the app counts as sent since it was done, or never', () => {
  const old = { ...intent('a'), no: 1, userId: eva, atMs: startMs, problem: null }
  expect(readEntry({ ...old, tried: false })).toEqual({ ...old, triedAtMs: null })
  expect(readEntry({ ...old, tried: true })).toEqual({ ...old, triedAtMs: startMs })
})

test('what came of it is told', async () => {
  const [disk, server] = [createDisk(), new FakeServer()]
  server.refused.set('b', problem('wrong_pin', 422))
  const outbox = started(openOutbox(disk, server))
  const outcomeOf = async (key: string) => {
    const told = outbox.accept(intent(key)).then(() => outbox.settled(key, 3_000))
    await vi.advanceTimersByTimeAsync(3_000)
    return told
  }
  expect(await outcomeOf('a')).toBe('done')
  expect(await outcomeOf('b')).toMatchObject({ problem: { code: 'wrong_pin' } })
  server.network.push(...Array.from({ length: 100 }, () => 'not sent' as const))
  expect(await outcomeOf('c')).toBe('waiting')
  const sooner = outbox.settled('c', 60_000)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(await sooner).toBe('waiting')
})

/** A process that can die: from then on nothing that it asked for comes back to it. */
function mortal<T extends object>(it: T, isDead: () => boolean): T {
  const never = new Promise<never>(() => undefined)
  return new Proxy(it, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return async (...words: unknown[]) => {
        if (isDead()) return never
        const outcome: unknown = await (value as (...words: unknown[]) => unknown).apply(target, words)
        return isDead() ? never : outcome
      }
    },
  })
}

test('wherever processes die and the network fails, what was taken is done once and in order', async () => {
  const networks = fc.array(
    fc.constantFrom<Network>('fine', 'not sent', 'answer lost', 'busy', 'foreign page'),
    {
      maxLength: 20,
    },
  )
  await fc.assert(
    fc.asyncProperty(
      networks,
      fc.array(fc.nat(40), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 6 }),
      async (network, lifetimes, count) => {
        const [disk, server] = [createDisk(), new FakeServer()]
        server.network.push(...network)
        const taken: string[] = []
        let wanted = 0
        for (const lifetime of lifetimes) {
          let stepsLeft = lifetime
          const isDead = () => stepsLeft-- <= 0
          const outbox = started(openOutbox(mortal(disk, isDead), { api: mortal(server.api, isDead) }))
          const act = async () => {
            while (wanted < count) {
              const key = `k${wanted++}`
              await outbox.accept(intent(`${key}-photo`, key))
              taken.push(key)
            }
          }
          void act()
          await settle()
          stepsLeft = 0
        }
        const last = started(openOutbox(disk, server))
        await settle()
        expect(disk.entries).toEqual([])
        expect(last.view.entries).toEqual([])
        const done = server.done.filter((key) => !key.endsWith('photo'))
        // Done once (the server's keys see to it) and in the order in which they were taken; what was not taken may be done.
        expect(done.filter((key) => taken.includes(key))).toEqual(taken)
        expect(new Set(done).size).toBe(done.length)
      },
    ),
    { numRuns: 200 },
  )
})
