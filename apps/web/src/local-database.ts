/*
 * What this browser keeps for when there is no server: what waits to be sent, and what was read last. Everything goes
 * through one transaction each; `strict` means that it is on disk, not on its way there, when the promise resolves.
 */

const databaseName = 'amsterdam-bike-fleet'
const storeNames = ['outbox', 'kept'] as const
export type LocalStoreName = (typeof storeNames)[number]

let opening: Promise<IDBDatabase> | null = null

function open(): Promise<IDBDatabase> {
  opening ??= new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(databaseName, 1)
    request.addEventListener('upgradeneeded', () => {
      // Numbered as they come, so that they are sent in that order.
      request.result.createObjectStore('outbox', { keyPath: 'no', autoIncrement: true })
      request.result.createObjectStore('kept')
    })
    request.addEventListener('success', () => {
      const database = request.result
      // Another tab needs a newer form: the next use opens it again.
      database.addEventListener('versionchange', () => {
        database.close()
        opening = null
      })
      // The browser cleared it.
      database.addEventListener('close', () => {
        opening = null
      })
      resolve(database)
    })
    request.addEventListener('error', () =>
      reject(request.error ?? new Error('The local database cannot be opened')),
    )
  }).catch((error: unknown) => {
    opening = null
    throw error
  })
  return opening
}

/**
 * Does the work in one transaction of one store.
 *
 * @param work asks for something and may use what it got, at once, to ask for more; its value is the outcome
 * @returns once the transaction is on disk
 * @throws DOMException when the browser keeps nothing here, or has no room
 */
export async function transact<T>(
  name: LocalStoreName,
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore, give: (value: T) => void) => void,
): Promise<T | undefined> {
  const database = await open()
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(name, mode, { durability: 'strict' })
    let outcome: T | undefined
    transaction.addEventListener('complete', () => resolve(outcome))
    transaction.addEventListener('abort', () =>
      reject(transaction.error ?? new Error('The local database gave up')),
    )
    work(transaction.objectStore(name), (value) => {
      outcome = value
    })
  })
}
