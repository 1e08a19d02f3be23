import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ClusterHome, createClusterHome } from '../home.ts'
import { withDeployLock } from './deploy-lock.ts'

let home: ClusterHome
beforeEach(async () => {
  home = createClusterHome(join(await mkdtemp(join(tmpdir(), 'fleet-deploy-lock-')), 'cluster.yml'))
  await mkdir(home.stateDirectory, { recursive: true })
})
afterEach(() => rm(home.directory, { recursive: true }))

test('of many that begin at once one works, and the others are told who', async () => {
  // What one leaves that was killed.
  await writeFile(join(home.stateDirectory, 'deploy.pid'), '4194305\n')
  for (let round = 0; round < 20; round += 1) {
    let working = 0
    let most = 0
    const ends = await Promise.allSettled(
      Array.from({ length: 8 }, () =>
        withDeployLock(home, async () => {
          working += 1
          most = Math.max(most, working)
          await new Promise((resolve) => setImmediate(resolve))
          await readdir(home.stateDirectory)
          working -= 1
        }),
      ),
    )
    expect(most).toBe(1)
    expect(ends.map(({ status }) => status)).toContain('fulfilled')
    for (const end of ends)
      if (end.status === 'rejected') expect(String(end.reason)).toContain('Another deploy of this cluster')
  }
})

test('a process that is killed holds the lock no longer', async () => {
  const script = `import { withDeployLock } from ${JSON.stringify(new URL('deploy-lock.ts', import.meta.url).href)}
    await withDeployLock(${JSON.stringify(home)}, async () => {
      console.log('locked')
      await new Promise((resolve) => setTimeout(resolve, 60_000))
    })`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  const refused = withDeployLock(home, () => Promise.resolve('worked'))
  await expect(refused).rejects.toMatchObject({
    code: 'deploy_failed',
    message: `Another deploy of this cluster runs on this machine as process ${child.pid}.`,
  })
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(await withDeployLock(home, () => Promise.resolve('worked'))).toBe('worked')
})
