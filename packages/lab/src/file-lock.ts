import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/** Whoever has the lock may remove its file; who waited for that one then waits for the file that is there now. */
const holdLock = `
while exec 9>>"$1" && flock --exclusive --wait "$2" 9; do
  if [ "$1" -ef /proc/self/fd/9 ]; then echo locked; exec cat >/dev/null; fi
done`

export interface FileLock {
  release(): void
}

/**
 * Waits for a lock that the kernel holds, so that it is free again the moment this process ends, however it ends.
 * Node has no flock(2): a small process holds the lock for as long as our end of its standard input is open.
 *
 * @param waitMs how long one other may have it; null is returned after that
 */
export async function openFileLock(path: string, waitMs: number): Promise<FileLock | null> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const holder = spawn('sh', ['-c', holdLock, 'sh', path, String(waitMs / 1_000)], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  })
  // It may end before we let go.
  holder.stdin.on('error', () => {})
  const locked = await new Promise<boolean>((resolve, reject) => {
    holder.once('error', reject)
    holder.once('exit', () => resolve(false))
    holder.stdout.once('data', () => resolve(true))
  })
  if (!locked) return null
  holder.unref()
  return { release: () => void holder.stdin.end() }
}
