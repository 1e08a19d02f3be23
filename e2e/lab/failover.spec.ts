import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '@fleet/store/testing'
import { test } from '@playwright/test'
import { expectCode, labUnderTest } from '../../apps/fleet/lab-journeys/lab-under-test.ts'
import { type RunningCommand, until } from '../../apps/fleet/testing/fleet-command.ts'
import { signInByLink } from '../../apps/fleet/testing/fleet-process.ts'
import { workThroughOutage } from '../outage-journey.ts'

const lab = labUnderTest('browser')
let app: RunningCommand
let cookie: string
let url: string

test.beforeAll(async () => {
  test.setTimeout(15 * 60_000)
  const words = ['lab', 'up', '--topology', 'small', '--json']
  expectCode(words, await lab.fleet(words))
  const port = await freePort()
  const settings = [`FLEET_PORT=${port}`, 'FLEET_OSMAND_PORT=off', 'FLEET_SEED=none']
  const spool = `FLEET_SPOOL_DIR=${join(lab.drillsFolder, 'spool')}`
  const program = join(import.meta.dirname, '../../apps/fleet/src/main.ts')
  const serve = [process.execPath, program, 'serve', '--json']
  app = lab.start(['lab', 'run', '--publish', String(port), '--', 'env', ...settings, spool, ...serve])
  url = `http://127.0.0.1:${port}`
  const ready = /^.*"event":"ready".*$/m
  const line = await until('the app is ready', async () => ready.exec(app.stdout())?.[0] ?? null, 120_000)
  cookie = await signInByLink({ url, signInLink: (JSON.parse(line) as { signInLink: string }).signInLink })
})

test.afterAll(async () => {
  test.setTimeout(5 * 60_000)
  app.kill('SIGTERM')
  await app.finished
  await lab.fleet(['lab', 'down'])
  rmSync(lab.drillsFolder, { recursive: true, force: true })
})

test('a dispatcher works on while the primary loses its power and another takes over', async ({ page }) => {
  test.setTimeout(5 * 60_000)
  const { members } = await lab.healthy()
  const primary = members.find(({ role }) => role === 'primary')!
  await workThroughOutage(page, { url }, cookie, {
    async begin() {
      await lab.cluster(['pause'])
      const words = ['lab', 'power-off', primary.name]
      expectCode(words, await lab.fleet(words))
    },
    // Nobody takes over before all is done that this is about, however slow the machine.
    async end() {
      await lab.cluster(['resume'])
    },
  })
})
