import { mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ClusterError } from '../cluster-error.ts'
import type { ClusterHome } from '../home.ts'

/**
 * One deploy at a time from one folder. What a killed one left behind is taken over: the number in it is of no
 * process.
 *
 * @throws ClusterError deploy_failed when another one runs
 */
export async function withDeployLock<T>(home: ClusterHome, work: () => Promise<T>): Promise<T> {
  await mkdir(home.stateDirectory, { recursive: true, mode: 0o700 })
  const path = join(home.stateDirectory, 'deploy.lock')
  await take(path)
  try {
    return await work()
  } finally {
    await rm(path, { force: true })
  }
}

async function take(path: string): Promise<void> {
  for (;;) {
    try {
      const file = await open(path, 'wx', 0o600)
      await file.writeFile(`${process.pid}\n`)
      await file.close()
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const holder = Number(await readFile(path, 'utf8').catch(() => '0'))
    if (isRunning(holder))
      throw new ClusterError(
        'deploy_failed',
        `Another deploy of this cluster runs on this machine, as process ${holder}.`,
        {
          fix: `Wait for it, or end it (kill ${holder}) and run the command again. If that is no deploy: rm ${path}`,
        },
      )
    await rm(path, { force: true })
  }
}

function isRunning(pid: number): boolean {
  if (!(pid > 0)) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
