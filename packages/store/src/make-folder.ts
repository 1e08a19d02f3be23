import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a folder, and those above it that are missing, for its owner only.
 *
 * Not by Node's own `recursive`: it tries for ever, without a pause for signals, where a folder can neither be made nor
 * be found, as in /proc. Here every parent is tried once.
 *
 * @returns the topmost folder that was made; null when all of it was there
 * @throws Error of the system (ENOENT, EACCES, ENOTDIR, EROFS, ...)
 */
export function makeFolder(folder: string): string | null {
  if (isFolder(folder)) return null
  const parent = dirname(folder)
  const first = parent === folder ? null : makeFolder(parent)
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    // Another process may have been faster.
    if (!isFolder(folder)) throw error
  }
  return first ?? folder
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
