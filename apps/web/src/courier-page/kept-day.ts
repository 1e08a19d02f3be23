import type { Session } from '../app/services.ts'
import { transact } from '../local-database.ts'
import type { Day } from './day.ts'

/** What the page opens with when there is no server. */
export interface KeptDay {
  readonly session: Session
  readonly day: Day
}

const key = 'day'

/** @returns null when nothing is kept, or this browser keeps nothing */
export async function readKeptDay(): Promise<KeptDay | null> {
  const kept = await transact<KeptDay | undefined>('kept', 'readonly', (store, give) => {
    const request = store.get(key) as IDBRequest<KeptDay | undefined>
    request.addEventListener('success', () => give(request.result))
  }).catch(() => undefined)
  return kept ?? null
}

export async function keepDay(kept: KeptDay): Promise<void> {
  await transact('kept', 'readwrite', (store) => store.put(kept, key))
}

/** Addresses and names of customers do not stay on a phone whose courier has signed out. */
export async function forgetKeptDay(): Promise<void> {
  await transact('kept', 'readwrite', (store) => store.delete(key)).catch(() => undefined)
}
