import { type ApiClient, ApiError, type Problem } from '@fleet/api'
import type { Bike, BikeId, UserId } from '@fleet/domain'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { SocketLike } from '../live/live-socket.ts'
import { LiveStore } from '../live/live-store.ts'
import { pendingChange } from '../live/pending-changes.ts'
import { ToastStore } from '../toasts/toast-store.ts'
import type { Action } from './action.ts'
import { type ActionJournal, inOrder, type JournalEntry } from './action-journal.ts'
import { ActionRunner } from './action-runner.ts'

const anna = 'anna' as UserId
const id = '019a0000-0000-7000-8000-000000000001' as BikeId
const bike: Bike = {
  id,
  no: 1,
  code: 'AMS-0001',
  kind: 'cargo',
  status: 'available',
  note: 'as it was',
  version: 3,
  createdAtMs: 0,
  updatedAtMs: 0,
  demo: false,
}

/** This device's disk. A page keeps on it, and takes over what pages that are gone have left. */
class FakeDisk {
  readonly entries = new Map<string, JournalEntry>()
  readonly gone = new Set<string>()

  journalOf(tab: string): ActionJournal {
    const { entries, gone } = this
    return {
      start() {},
      stop() {},
      put: async (entry) => void entries.set(entry.key, { ...entry, tab }),
      remove: async (key) => void entries.delete(key),
      async adopt(userId) {
        const left = [...entries.values()].filter((entry) => entry.userId === userId && gone.has(entry.tab))
        for (const entry of left) entries.set(entry.key, { ...entry, tab })
        return inOrder(left)
      },
    }
  }
}

/** The server's end of the live connection. */
class FakeSocket implements SocketLike {
  binaryType: BinaryType = 'blob'
  readonly #listeners = new Map<string, (event: never) => void>()
  addEventListener(type: string, listener: (event: never) => void) {
    this.#listeners.set(type, listener)
  }
  send() {}
  close() {}
  say(message: object) {
    this.#listeners.get('open')?.({} as never)
    this.#listeners.get('message')?.({ data: JSON.stringify(message) } as never)
  }
}

const snapshot = {
  type: 'snapshot',
  seq: '41',
  logId: 'log-a',
  serverTimeMs: 1_700_000_000_000,
  couriers: [],
  deliveries: [],
  issues: [],
  zones: [],
  devices: [],
  latest: [],
}
const database = (state: string) => ({ type: 'database', state, sinceMs: 0, serverTimeMs: 1_700_000_000_000 })

let disk: FakeDisk
let socket: FakeSocket
let isAway: boolean
/** By route: what the server says while it is there. */
let answers: Record<string, (input: never) => unknown>
let seen: string[]
let pages: { readonly live: LiveStore; readonly actions: ActionRunner }[]

const api: ApiClient = {
  async call(route, input) {
    if (route === 'getSession') return { user: { id: anna } } as never
    if (isAway) throw new ApiError(problem(503, 'database_unavailable'))
    seen.push(input.idempotencyKey!)
    return answers[route]!(input as never) as never
  },
}

const problem = (status: number, code: string, more: Partial<Problem> = {}): Problem => ({
  type: 'about:blank',
  title: '',
  status,
  detail: code,
  code,
  ...more,
})

function openPage(tab: string, row = bike) {
  const live = new LiveStore({
    createSocket: () => (socket = new FakeSocket()),
    now: Date.now,
    random: () => 0,
    isSignedIn: async () => true,
  })
  const toasts = new ToastStore()
  const actions = new ActionRunner({
    api,
    live,
    toasts,
    journal: disk.journalOf(tab),
    now: Date.now,
    onChanged: () => undefined,
    onStranger: () => undefined,
  })
  actions.start(anna)
  live.start()
  socket.say({ ...snapshot, bikes: [row] })
  const page = { live, toasts, actions, note: () => live.registry.bikes.get(id)?.note }
  pages.push(page)
  return page
}

const edit = (key: string, note: string): Action<'updateBike'> => ({
  route: 'updateBike',
  key,
  input: { params: { id }, ifMatch: 3, body: { note } },
  done: `note: ${note}`,
  expected: [pendingChange('bike', id, (row) => row && { ...row, note })],
  answered: (row) => [['bike', row]],
})

beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 })
  disk = new FakeDisk()
  isAway = false
  seen = []
  pages = []
  answers = {
    updateBike: ({ body, ifMatch }: { body: { note: string }; ifMatch: number }) => ({
      ...bike,
      ...body,
      version: ifMatch + 1,
    }),
  }
})
afterEach(() => {
  for (const { live, actions } of pages) {
    actions.stop()
    live.stop()
  }
  vi.useRealTimers()
})
const settle = () => vi.advanceTimersByTimeAsync(60_000)

test('what is undone and done again during an outage shows so at once, whether or not it had been answered', async () => {
  const { actions, note } = openPage('a')
  void actions.run(edit('k1', 'changed'))
  await settle()
  isAway = true
  expect(note()).toBe('changed')
  actions.undo()
  await settle()
  expect(note()).toBe('as it was')
  isAway = false
  answers['undo'] = () => ({ changes: [changeTo({ ...bike, version: 5 })] })
  await settle()
  expect(actions.history).toMatchObject({ undoable: [], redoable: [{ done: 'note: changed' }] })
  isAway = true
  actions.redo()
  await settle()
  expect(note()).toBe('changed')
  isAway = false
  answers['undo'] = () => ({ changes: [changeTo({ ...bike, note: 'changed', version: 6 })] })
  await settle()
  isAway = true
  actions.undo()
  await settle()
  expect(note()).toBe('as it was')
})

test('what was undone during an outage looks so on the next page, too', async () => {
  const { actions } = openPage('a')
  void actions.run(edit('k1', 'changed'))
  await settle()
  isAway = true
  actions.undo()
  await vi.advanceTimersByTimeAsync(10)
  actions.stop()
  disk.gone.add('a')
  const next = openPage('b', { ...bike, note: 'changed', version: 4 })
  await settle()
  expect(next.note()).toBe('as it was')
})

test('an undo that is refused leaves the row as it is', async () => {
  const { actions, note } = openPage('a')
  void actions.run(edit('k1', 'changed'))
  await settle()
  answers['undo'] = () => {
    throw new ApiError(problem(409, 'stale_version'))
  }
  actions.undo()
  await settle()
  expect(note()).toBe('changed')
})

test('nobody has to choose about what they took back', async () => {
  const { actions, toasts, note } = openPage('a')
  isAway = true
  void actions.run(edit('k1', 'changed'))
  await settle()
  actions.undo()
  answers['updateBike'] = () => {
    throw new ApiError(problem(409, 'stale_version', { current: { ...bike, version: 4 } }))
  }
  answers['undo'] = () => {
    throw new ApiError(problem(422, 'not_undoable'))
  }
  isAway = false
  await settle()
  expect(actions.conflict).toBe(null)
  expect(toasts.toasts.filter(({ tone }) => tone === 'failed')).toEqual([])
  expect(note()).toBe('as it was')
  expect(disk.entries.size).toBe(0)
})

test('a conflict that nobody took back waits for a choice', async () => {
  const { actions } = openPage('a')
  answers['updateBike'] = () => {
    throw new ApiError(problem(409, 'stale_version', { current: { ...bike, version: 4 } }))
  }
  void actions.run(edit('k1', 'changed'))
  await settle()
  expect(actions.conflict).toMatchObject({ done: 'note: changed' })
  expect(disk.entries.size).toBe(1)
})

test('what a page left that is gone is sent by a page that is open, once the database is back', async () => {
  isAway = true
  const page = openPage('a')
  void page.actions.run(edit('k1', 'left'))
  await vi.advanceTimersByTimeAsync(10)
  // Its own attempts end with it.
  page.actions.stop()
  const other = openPage('b')
  await settle()
  expect(other.note()).toBe('as it was')
  socket.say(database('away'))
  disk.gone.add('a')
  isAway = false
  socket.say(database('fine'))
  await settle()
  expect(seen).toEqual(['k1'])
  expect(other.toasts.toasts).toMatchObject([{ tone: 'done', text: 'note: left' }])
  expect(disk.entries.size).toBe(0)
})

test('what was left is sent in the order in which it was asked for, whatever its keys', async () => {
  const page = openPage('a')
  isAway = true
  for (const key of ['zzz', 'mmm', 'aaa']) {
    void page.actions.run(edit(key, key))
    await vi.advanceTimersByTimeAsync(10)
  }
  page.actions.stop()
  disk.gone.add('a')
  isAway = false
  openPage('b').actions.sendWhatIsLeft()
  await settle()
  expect(seen).toEqual(['zzz', 'mmm', 'aaa'])
})

test('what is done again while its undo still waits shows so at once, and waits as all else', async () => {
  const { actions, note, toasts } = openPage('a')
  void actions.run(edit('k1', 'changed'))
  await settle()
  for (const { id: toast } of toasts.toasts) toasts.dismiss(toast)
  isAway = true
  const steps = [actions.undo, actions.redo, actions.undo, actions.redo]
  const shown: unknown[] = []
  for (const step of steps) {
    step()
    await vi.advanceTimersByTimeAsync(10)
    shown.push([note(), actions.waiting])
  }
  expect(shown).toEqual([
    ['as it was', 1],
    ['changed', 2],
    ['as it was', 3],
    ['changed', 4],
  ])
  const asked: string[] = []
  answers['undo'] = ({ body }: { body: { key: string } }) => {
    asked.push(body.key)
    const redone = asked.length % 2 === 0
    const row = { ...bike, note: redone ? 'changed' : 'as it was', version: 4 + asked.length }
    return { changes: [changeTo(row)] }
  }
  isAway = false
  await settle()
  // Each takes back the one before it.
  expect(asked).toEqual(['k1', ...seen.slice(1, 4)])
  expect(note()).toBe('changed')
  expect(actions.waiting).toBe(0)
  expect(actions.history).toMatchObject({ undoable: [{ key: seen[4] }], redoable: [] })
  // Of four steps the last is told.
  expect(toasts.toasts).toMatchObject([{ tone: 'done', text: 'note: changed' }])
})

test('what was done again before its undo had an answer looks so on the next page, too', async () => {
  const { actions } = openPage('a')
  void actions.run(edit('k1', 'changed'))
  await settle()
  isAway = true
  for (const step of [actions.undo, actions.redo]) {
    step()
    await vi.advanceTimersByTimeAsync(10)
  }
  actions.stop()
  disk.gone.add('a')
  const next = openPage('b', { ...bike, note: 'changed', version: 4 })
  await settle()
  expect(next.note()).toBe('changed')
})

test('a refusal of what was taken back and done again is told', async () => {
  const { actions, toasts, note } = openPage('a')
  isAway = true
  void actions.run(edit('k1', 'changed'))
  await settle()
  actions.undo()
  actions.redo()
  await settle()
  expect(note()).toBe('changed')
  answers['updateBike'] = () => {
    throw new ApiError(problem(409, 'bike_retired'))
  }
  answers['undo'] = () => {
    throw new ApiError(problem(422, 'not_undoable'))
  }
  isAway = false
  await settle()
  expect(toasts.toasts.filter(({ tone }) => tone === 'failed')).toMatchObject([{ detail: 'bike_retired' }])
  expect(note()).toBe('as it was')
})

test('what was undone does not come back on top of what was done after it', async () => {
  const { actions, note } = openPage('a')
  void actions.run(edit('k1', 'first'))
  await settle()
  isAway = true
  actions.undo()
  void actions.run(edit('k2', 'second'))
  actions.redo()
  await settle()
  expect(note()).toBe('second')
  expect(actions.waiting).toBe(2)
})

const changeTo = (entity: Bike) => ({
  seq: '42',
  atMs: 0,
  kind: 'bike',
  id,
  version: entity.version,
  entity,
  command: '',
  actorId: null,
  actor: '',
})
