import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { AppError } from '@fleet/domain'
import { makeFolder } from '@fleet/store'
import { type FileLock, lockFileAlone } from '../file-lock.ts'
import {
  addressesName,
  lockFile,
  manifestFile,
  mapDirectory,
  type MapManifest,
  tilesName,
  workDirectory,
} from './map-manifest.ts'

/**
 * Does what changes the map folder, alone.
 *
 * @throws AppError database_locked when another process imports or removes; storage_failed
 */
export async function withMapLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  let lock: FileLock | null
  try {
    makeFolder(folder)
    lock = lockFileAlone(lockFile(folder))
  } catch (cause) {
    throw new AppError('storage_failed', `The map folder ${folder} cannot be written.`, { cause })
  }
  if (lock === null)
    throw new AppError('database_locked', 'Another command imports or removes the map at this moment.', {
      fix: 'Wait until it has ended, or stop it, and run this again.',
    })
  try {
    return await work()
  } finally {
    lock.release()
  }
}

/** An empty folder for a map that is to be made; what earlier attempts left is removed. Call under the lock. */
export function createWorkDirectory(folder: string, id: string): string {
  removeOthers(folder, null, (name) => name.startsWith('work-'))
  const directory = workDirectory(folder, id)
  mkdirSync(directory, { mode: 0o700 })
  return directory
}

/**
 * Makes the map in the work directory of `manifest.id` the current one. Call under the lock.
 *
 * If the process dies before the rename of current.json, the map before stays the current one and the next import
 * removes what was made; if after, the new map is the current one and the next import removes the old.
 */
export function publishMap(folder: string, manifest: MapManifest): void {
  const work = workDirectory(folder, manifest.id)
  // The rename below must not reach the disk before what it makes visible.
  for (const name of [tilesName, addressesName]) sync(join(work, name))
  sync(work)
  renameSync(work, mapDirectory(folder, manifest.id))
  sync(folder)
  const next = `${manifestFile(folder)}.next`
  writeFileSync(next, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 })
  sync(next)
  renameSync(next, manifestFile(folder))
  sync(folder)
  removeOthers(folder, manifest.id)
}

/** Takes the current map away, if there is one. Call under the lock. */
export function removeMap(folder: string): void {
  // First, so that nobody looks for files that are on their way out.
  rmSync(manifestFile(folder), { force: true })
  sync(folder)
  removeOthers(folder, null)
}

function removeOthers(folder: string, keptId: string | null, isMeant = (_name: string) => true): void {
  for (const { name } of readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()))
    if (name !== keptId && ownDirectory.test(name) && isMeant(name))
      // A program that outlived the import it worked for may still write there.
      rmSync(join(folder, name), { recursive: true, force: true, maxRetries: 5 })
}

/** What import names its folders; any other was put there by somebody else and is left alone. */
const ownDirectory = /^(?:work-)?map-[0-9a-z-]+$/

/** @param path a file or a folder */
function sync(path: string): void {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
