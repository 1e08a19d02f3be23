import { type ApiClient, ApiError } from '@fleet/api'
import type { UserId } from '@fleet/domain'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { maxAgeMs } from '../outbox/outbox.ts'
import { ActionSender, NotSent, type Sending, TooOld } from './action-sender.ts'

const anna = 'anna' as UserId
const answer = { changes: [] }
const problem = (status: number, code: string) =>
  new ApiError({ type: 'about:blank', title: '', status, detail: '', code })

/** What the server does with the requests of each key, in order; the last goes on. */
let server: Record<string, (() => unknown)[]>
let signedIn: string
let seen: string[]
let sender: ActionSender
let strangers: string[]
/** What the question who is signed in comes to, before it is answered. */
let sessionFaults: Error[]

const api: ApiClient = {
  async call(route, input) {
    if (route === 'getSession') {
      const fault = sessionFaults.shift()
      if (fault !== undefined) throw fault
      return { user: { id: signedIn } } as never
    }
    const { idempotencyKey: key } = input
    seen.push(key!)
    const steps = server[key!] ?? [() => answer]
    return (steps.length > 1 ? steps.shift()! : steps[0]!)() as never
  },
}

const undo = (key: string, more: Partial<Sending<'undo'>> = {}): Sending<'undo'> => ({
  route: 'undo',
  input: { body: { key: 'x' } },
  kept: Promise.resolve(true),
  keepAs: () => Promise.resolve(true),
  key,
  atMs: Date.now(),
  ...more,
})
const bikeId = '019a0000-0000-7000-8000-000000000001'
const bikeAt = (version: number) => ({
  id: bikeId,
  no: 1,
  code: 'AMS-0001',
  kind: 'cargo',
  status: 'available',
  note: '',
  version,
  createdAtMs: 0,
  updatedAtMs: 0,
  demo: false,
})
/** The answer, or what was thrown. */
const outcomeOf = (sent: Promise<unknown>): Promise<unknown> => sent.catch((error: unknown) => error)
const fail = (error: Error) => () => {
  throw error
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 })
  server = {}
  seen = []
  signedIn = anna
  strangers = []
  sessionFaults = []
  sender = new ActionSender({
    api,
    now: Date.now,
    onCount: () => undefined,
    onStranger: ({ user }) => void strangers.push(user.id),
  })
  sender.start(anna)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

test('sends the same under the same key until there is an answer, and the next only then', async () => {
  server['a'] = [
    fail(new TypeError('Failed to fetch')),
    fail(problem(503, 'database_unavailable')),
    () => answer,
  ]
  const both = Promise.all([sender.send(undo('a')), sender.send(undo('b'))])
  expect(sender.unanswered).toBe(2)
  await vi.runAllTimersAsync()
  expect(await both).toEqual([answer, answer])
  expect(seen).toEqual(['a', 'a', 'a', 'b'])
  expect(sender.unanswered).toBe(0)
})

test('what a hotel or a half answer says is no answer', async () => {
  server['a'] = [() => null, () => ({ welcome: 'guest' }), () => answer]
  const sent = sender.send(undo('a'))
  await vi.runAllTimersAsync()
  expect(await sent).toEqual(answer)
})

test('a refusal is not sent again, and holds nothing up', async () => {
  server['a'] = [fail(problem(409, 'stale_version'))]
  const [refused, next] = [outcomeOf(sender.send(undo('a'))), sender.send(undo('b'))]
  await vi.runAllTimersAsync()
  expect(await refused).toBeInstanceOf(ApiError)
  expect(await next).toEqual(answer)
  expect(seen).toEqual(['a', 'b'])
})

test('a bug of the server is told after some attempts', async () => {
  server['a'] = [fail(problem(500, 'internal_error'))]
  const told = outcomeOf(sender.send(undo('a')))
  await vi.runAllTimersAsync()
  expect(await told).toBeInstanceOf(ApiError)
  expect(seen).toHaveLength(3)
})

test('an answer that never fits is told after some attempts', async () => {
  server['a'] = [() => ({ of: 'another version' })]
  const told = outcomeOf(sender.send(undo('a')))
  await vi.runAllTimersAsync()
  expect(await told).toMatchObject({ problem: { code: 'unfit_answer' } })
  expect(seen).toHaveLength(3)
})

test('that the server cannot say who is signed in is no bug of the action', async () => {
  server['a'] = [fail(new TypeError('Failed to fetch')), () => answer]
  sessionFaults = Array.from({ length: 5 }, () => problem(500, 'internal_error'))
  const sent = sender.send(undo('a'))
  await vi.runAllTimersAsync()
  expect(await sent).toEqual(answer)
})

test('that the server never can say who is signed in is told within minutes, not after days', async () => {
  sessionFaults = Array.from({ length: 1_000 }, () => problem(500, 'internal_error'))
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  const startMs = Date.now()
  const told = outcomeOf(sender.send(undo('a')))
  const tookMs = told.then(() => Date.now() - startMs)
  await vi.advanceTimersByTimeAsync(10 * 60_000)
  expect(await told).toMatchObject({ problem: { code: 'internal_error' } })
  expect(await tookMs).toBeGreaterThan(60_000)
  expect(seen).toEqual([])
})

test.each([400, 403, 404, 409, 422])(
  'status %i for the question who is signed in is no refusal of the action',
  async (status) => {
    sessionFaults = [problem(status, 'not_from_us'), problem(status, 'not_from_us')]
    const sent = sender.send(undo('a'))
    await vi.runAllTimersAsync()
    expect(await sent).toEqual(answer)
    expect(seen).toEqual(['a'])
  },
)

test('an action waits for the next sign-in when the server knows nobody', async () => {
  sessionFaults = [problem(401, 'not_signed_in')]
  expect(await outcomeOf(sender.send(undo('a')))).toMatchObject({ problem: { status: 401 } })
  expect(seen).toEqual([])
})

test('nothing is sent again in the name of somebody else', async () => {
  server['a'] = [fail(new TypeError('Failed to fetch'))]
  const mine = outcomeOf(sender.send(undo('a')))
  await vi.advanceTimersByTimeAsync(10)
  signedIn = 'bob'
  await vi.runAllTimersAsync()
  expect(await mine).toBeInstanceOf(NotSent)
  expect(seen).toEqual(['a'])
})

test('nothing is sent in the name of somebody else who has signed in in another tab, though nothing waited', async () => {
  await sender.send(undo('a'))
  signedIn = 'bob'
  await expect(sender.send(undo('b'))).rejects.toThrow(NotSent)
  expect(seen).toEqual(['a'])
  expect(strangers).toEqual(['bob'])
})

test('what the disk would not take is not counted as kept', async () => {
  server['a'] = [fail(new TypeError('Failed to fetch'))]
  const { promise, resolve } = Promise.withResolvers<boolean>()
  for (const kept of [Promise.resolve(true), Promise.resolve(false), promise])
    void outcomeOf(sender.send(undo('a', { kept })))
  await vi.advanceTimersByTimeAsync(10)
  expect([sender.kept, sender.unkept, sender.unanswered]).toEqual([1, 1, 3])
  resolve(true)
  await vi.advanceTimersByTimeAsync(10)
  expect([sender.kept, sender.unkept, sender.unanswered]).toEqual([2, 1, 3])
})

test('all that waits on a row is kept under its new version before the answer counts', async () => {
  const disk = new Map<string, number>()
  const edit = (key: string): Sending<'updateBike'> => ({
    ...undo(key),
    route: 'updateBike',
    input: { params: { id: bikeId }, ifMatch: 3, body: {} },
    keepAs: async ({ ifMatch }) => disk.size < disk.set(key, ifMatch!).size,
  })
  server['a'] = [() => bikeAt(4)]
  server['b'] = [fail(new TypeError('Failed to fetch'))]
  const [first] = ['a', 'b', 'c'].map((key) => outcomeOf(sender.send(edit(key))))
  await first
  expect([...disk]).toEqual([
    ['b', 4],
    ['c', 4],
  ])
})

test('what waited behind another goes out in the name of its owner or not at all', async () => {
  server['a'] = [fail(new TypeError('Failed to fetch'))]
  const waits = ['a', 'b', 'c'].map((key) => outcomeOf(sender.send(undo(key))))
  await vi.advanceTimersByTimeAsync(10)
  signedIn = 'bob'
  await vi.runAllTimersAsync()
  for (const outcome of await Promise.all(waits)) expect(outcome).toBeInstanceOf(NotSent)
  expect(await outcomeOf(sender.send(undo('d')))).toBeInstanceOf(NotSent)
  expect(seen).toEqual(['a'])
  expect(strangers).toEqual(['bob'])
})

test('what waited behind another that was refused or answered is not sent for somebody else', async () => {
  for (const first of [() => answer, fail(problem(404, 'not_found'))]) {
    sender.start(anna)
    signedIn = anna
    seen = []
    server['a'] = [
      () => {
        signedIn = 'bob'
        return first()
      },
    ]
    const [, next] = ['a', 'b'].map((key) => outcomeOf(sender.send(undo(key))))
    await vi.runAllTimersAsync()
    expect(await next).toBeInstanceOf(NotSent)
    expect(seen).toEqual(['a'])
  }
})

test('what waits when its owner leaves is never sent', async () => {
  server['a'] = [fail(new TypeError('Failed to fetch'))]
  const waits = [sender.send(undo('a')), sender.send(undo('b'))].map(outcomeOf)
  await vi.advanceTimersByTimeAsync(10)
  sender.stop()
  await vi.runAllTimersAsync()
  for (const outcome of await Promise.all(waits)) expect(outcome).toBeInstanceOf(NotSent)
  expect(seen).toEqual(['a'])
})

test('what the server may have forgotten is not sent', async () => {
  await expect(sender.send(undo('a', { atMs: Date.now() - maxAgeMs }))).rejects.toThrow(TooOld)
  expect(seen).toEqual([])
})
