import { transact } from '../local-database.ts'
import { type OutboxEntry, readEntry, type StoredEntry } from './outbox-entry.ts'

/** Where entries are kept. Every promise resolves only once the change will survive the process. */
export interface OutboxStore {
  /** @returns the entry with its number */
  add(entry: Omit<OutboxEntry, 'no'>): Promise<OutboxEntry>
  /** Everybody's, oldest first. */
  all(): Promise<readonly OutboxEntry[]>
  /**
   * Replaces an entry by what `change` makes of it, null removes it; nothing comes between reading and writing.
   *
   * @returns the entry as it is now; null when it is not there (any more)
   */
  change(no: number, change: (entry: OutboxEntry) => OutboxEntry | null): Promise<OutboxEntry | null>
}

export const localOutboxStore: OutboxStore = {
  async add(entry) {
    const no = await transact<number>('outbox', 'readwrite', (store, give) => {
      const request = store.add(entry)
      request.addEventListener('success', () => give(request.result as number))
    })
    return { ...entry, no: no! }
  },

  async all() {
    const entries = await transact<OutboxEntry[]>('outbox', 'readonly', (store, give) => {
      const request = store.getAll() as IDBRequest<StoredEntry[]>
      request.addEventListener('success', () => give(request.result.map(readEntry)))
    })
    return entries ?? []
  },

  async change(no, change) {
    const entry = await transact<OutboxEntry | null>('outbox', 'readwrite', (store, give) => {
      const request = store.get(no) as IDBRequest<StoredEntry | undefined>
      request.addEventListener('success', () => {
        const next = request.result === undefined ? null : change(readEntry(request.result))
        if (next !== null) store.put(next)
        else if (request.result !== undefined) store.delete(no)
        give(next)
      })
    })
    return entry ?? null
  },
}
