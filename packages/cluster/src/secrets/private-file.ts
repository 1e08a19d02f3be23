import { randomUUID } from 'node:crypto'
import { link, mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/**
 * Puts a file in place that only its owner can read, whole or not at all: power may fail at any line.
 *
 * @param mode 0600 unless the content is public
 */
export async function replaceFile(path: string, content: string, mode = 0o600): Promise<void> {
  await placeFile(path, content, mode, rename)
}

/**
 * As `replaceFile`, but only where there is no such file yet. Of two programs that create it at once, one does.
 *
 * @returns false when the file is there already; it is left as it is
 */
export async function createFileOnce(path: string, content: string): Promise<boolean> {
  try {
    await placeFile(path, content, 0o600, link)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function placeFile(
  path: string,
  content: string,
  mode: number,
  place: (from: string, to: string) => Promise<void>,
): Promise<void> {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const temporary = join(folder, `.${basename(path)}.${randomUUID()}`)
  try {
    // O_EXCL: never through a link that somebody laid there, and with its mode from the first byte on.
    const file = await open(temporary, 'wx', mode)
    try {
      await file.writeFile(content)
      // Before the name exists: else a power failure can leave the name with an empty file.
      await file.sync()
    } finally {
      await file.close()
    }
    await place(temporary, path)
    await syncFolder(folder)
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Makes the names in a folder durable. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
