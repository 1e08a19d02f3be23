import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { ClusterError } from '../cluster-error.ts'
import type { ClusterHome } from '../home.ts'

/** SQLite's answer when another connection holds the file (sqlite3.h). */
const busy = 5

/**
 * One deploy at a time from one folder. The kernel holds the lock, so that it is free the moment its process ends,
 * however it ends: of files that name a process, two who find a dead one would both take it over.
 *
 * @throws ClusterError deploy_failed when another one runs
 */
export async function withDeployLock<T>(home: ClusterHome, work: () => Promise<T>): Promise<T> {
  await mkdir(home.stateDirectory, { recursive: true, mode: 0o700 })
  const holder = join(home.stateDirectory, 'deploy.pid')
  const lock = await take(join(home.stateDirectory, 'deploy.lock.sqlite'))
  if (!lock) throw await refusal(holder)
  try {
    // For people only.
    await writeFile(holder, `${process.pid}\n`, { mode: 0o600 })
    return await work()
  } finally {
    await rm(holder, { force: true })
    lock.close()
  }
}

/** Node has no flock(2); SQLite, which it has, locks files in every system's own way. Null: another has it. */
async function take(path: string): Promise<DatabaseSync | null> {
  const { DatabaseSync } = await import('node:sqlite')
  const lock = new DatabaseSync(path)
  try {
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock.close()
    if ((error as { errcode?: number }).errcode === busy) return null
    throw error
  }
}

async function refusal(holder: string): Promise<ClusterError> {
  const pid = (await readFile(holder, 'utf8').catch(() => '')).trim()
  const who = /^\d+$/.test(pid) ? ` as process ${pid}` : ''
  return new ClusterError('deploy_failed', `Another deploy of this cluster runs on this machine${who}.`, {
    fix: `Wait for it, or end it${who === '' ? '' : ` (kill ${pid})`} and run the command again.`,
  })
}
