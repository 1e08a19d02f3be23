import type { RouteName } from '@fleet/api'
import type { UserId } from '@fleet/domain'
import { transact } from '../local-database.ts'
import type { PendingChange } from '../live/pending-changes.ts'
import type { LiveKind } from '../live/registry.ts'

/** How a row looks until the server has answered, as data. */
export interface ShownRow {
  readonly kind: LiveKind
  readonly id: string
  /** `create`: all of the row; `update`: what of it becomes another; `remove`: nothing. */
  readonly change: 'create' | 'update' | 'remove'
  readonly fields: Readonly<Record<string, unknown>>
}

/** What somebody asked for and the server has not answered yet, on this device's disk. */
export interface JournalEntry {
  /** The Idempotency-Key. */
  readonly key: string
  /** It is sent in their name or not at all. */
  readonly userId: UserId
  /** Epoch ms, this device's clock. */
  readonly atMs: number
  /** The tab that sends it; when that is gone, another takes it over. */
  readonly tab: string
  readonly route: RouteName
  /** That of the route. */
  readonly input: object
  readonly done: string
  readonly shows: readonly ShownRow[]
  readonly subject?: string
  readonly undoable?: boolean
  readonly quiet?: boolean
}

/** Every promise resolves only once the change will survive the browser. */
export interface ActionJournal {
  /** Entries are this page's from now on, until `stop` or until the page ends. */
  start(): void
  stop(): void
  /** Adds an entry, or puts it in place of the one under its key. */
  put(entry: Omit<JournalEntry, 'tab'>): Promise<void>
  remove(key: string): Promise<void>
  /** Takes over what this person's pages that are gone have left, oldest first. What others left is there when they return. */
  adopt(userId: UserId): Promise<readonly JournalEntry[]>
}

export function createLocalJournal(): ActionJournal {
  let tab = ''
  let release = () => {}
  let hasAdopted = false
  /** Without locks, on a page over plain http, any other tab counts as gone, once: what two send under one key counts once. */
  const isGone = async (other: string): Promise<boolean> =>
    'locks' in navigator
      ? navigator.locks.request(lockOf(other), { ifAvailable: true }, async (lock) => lock !== null)
      : !hasAdopted
  return {
    start() {
      release()
      tab = String(Math.random()).slice(2)
      hasAdopted = false
      // The browser lets go of it in every way that a page can end.
      if ('locks' in navigator)
        void navigator.locks.request(lockOf(tab), () => new Promise<void>((resolve) => (release = resolve)))
    },

    stop() {
      release()
    },

    async put(entry) {
      await transact<void>('kept', 'readwrite', (store) => {
        store.put({ ...entry, tab } satisfies JournalEntry, placeOf(entry.key))
      })
    },

    async remove(key) {
      await transact<void>('kept', 'readwrite', (store) => {
        store.delete(placeOf(key))
      })
    },

    adopt: (userId) =>
      alone(async () => {
        const left: JournalEntry[] = []
        for (const entry of await readJournal())
          if (entry.userId === userId && entry.tab !== tab && (await isGone(entry.tab))) left.push(entry)
        hasAdopted = true
        if (left.length > 0)
          await transact<void>('kept', 'readwrite', (store) => {
            for (const entry of left) store.put({ ...entry, tab }, placeOf(entry.key))
          })
        return inOrder(left)
      }),
  }
}

/** Oldest first. Their keys do not say: some come from what is done, such as those of the rows of a file. */
export const inOrder = (entries: readonly JournalEntry[]): readonly JournalEntry[] =>
  entries.toSorted((a, b) => a.atMs - b.atMs)

/** Everybody's, in no order. */
export async function readJournal(): Promise<readonly JournalEntry[]> {
  const all = await transact<JournalEntry[]>('kept', 'readonly', (store, give) => {
    const ours = IDBKeyRange.bound(placeOf(''), placeOf('\uffff'))
    const request = store.getAll(ours) as IDBRequest<JournalEntry[]>
    request.addEventListener('success', () => give(request.result))
  })
  return all ?? []
}

const placeOf = (key: string) => `action/${key}`

const lockOf = (tab: string) => `fleet-actions-${tab}`

/** Two tabs that open at once must not both take over the same. */
const alone = <T>(work: () => Promise<T>): Promise<T> =>
  'locks' in navigator ? navigator.locks.request('fleet-actions', work) : work()

/**
 * What a change makes of the rows as they are now, as data that outlives the page.
 *
 * @param rowOf the row as it is shown; undefined where there is none
 */
export function showRows(
  changes: readonly PendingChange[],
  rowOf: (kind: LiveKind, id: string) => unknown,
): readonly ShownRow[] {
  return changes.flatMap(({ kind, id, apply }): ShownRow[] => {
    const before = rowOf(kind, id) as Record<string, unknown> | undefined
    const row = apply(before) as Record<string, unknown> | null | undefined
    if (row === undefined) return []
    if (row === null) return [{ kind, id, change: 'remove', fields: {} }]
    if (before === undefined) return [{ kind, id, change: 'create', fields: row }]
    const fields = Object.fromEntries(Object.entries(row).filter(([name, value]) => value !== before[name]))
    return [{ kind, id, change: 'update', fields }]
  })
}

/** What takes those rows back to how they are now, as they are shown. */
export function reverseRows(
  shows: readonly ShownRow[],
  rowOf: (kind: LiveKind, id: string) => unknown,
): readonly ShownRow[] {
  return shows.map(({ kind, id, change, fields }): ShownRow => {
    if (change === 'create') return { kind, id, change: 'remove', fields: {} }
    const before = rowOf(kind, id) as Record<string, unknown>
    if (change === 'remove') return { kind, id, change: 'create', fields: before }
    const names = Object.keys(fields)
    return { kind, id, change, fields: Object.fromEntries(names.map((name) => [name, before[name]])) }
  })
}

/** The same changes again, on rows that may have become others meanwhile. */
export function changesOf(shows: readonly ShownRow[]): readonly PendingChange[] {
  return shows.map(({ kind, id, change, fields }) => ({
    kind,
    id,
    apply(row) {
      if (change === 'remove') return row === undefined ? undefined : null
      if (change === 'create') return row ?? fields
      return row === undefined ? undefined : { ...row, ...fields }
    },
  }))
}
