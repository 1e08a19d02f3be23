import { DatabaseSync } from 'node:sqlite'

/** Held until it is released or its process ends, however that ends: the lock is the kernel's, on a file. */
export interface FileLock {
  release(): void
}

/**
 * @param file made if it is not there; its folder must exist
 * @returns null when another process holds it
 * @throws Error when the file cannot be opened
 */
export function lockFileAlone(file: string): FileLock | null {
  // Node has no flock. SQLite's exclusive transaction is one, on every system.
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch {
    database.close()
    return null
  }
  return {
    release() {
      if (database.isOpen) database.close()
    },
  }
}
