import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ApiClient, createClient } from '@fleet/api'
import { test as base } from '@playwright/test'
import { type FleetProcess, signInByLink, startFleet } from '../apps/fleet/testing/fleet-process.ts'

/** The app with the demo fleet, shared by all files of journeys with the same settings; signed in as its owner where a page is wanted. */
export interface Fleet {
  readonly process: FleetProcess
  readonly api: ApiClient
  readonly url: string
}

interface WorkerFixtures {
  /** Settings for the app; a file may set its own. */
  fleetEnv: Record<string, string>
  fleet: Fleet
  sessionCookie: string
}

/** Gives each journey a running app and a page that is signed in. `errors` fails a journey that logged any. */
export const test = base.extend<{ pageErrors: string[] }, WorkerFixtures>({
  fleetEnv: [{ FLEET_DEMO_RIDERS: '0' }, { option: true, scope: 'worker' }],
  sessionCookie: [
    async ({ fleet }, use) => {
      await use(await signInByLink(fleet.process))
    },
    { scope: 'worker' },
  ],
  fleet: [
    async ({ fleetEnv }, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'fleet-e2e-'))
      const process = await startFleet({ FLEET_DB: join(folder, 'fleet.db'), ...fleetEnv })
      await use({ process, url: process.url, api: createClient(process.url, fetch) })
      await process.end('SIGTERM')
      rmSync(folder, { recursive: true, force: true })
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ fleet }, use) => {
    await use(fleet.url)
  },
  pageErrors: [
    async ({ page }, use) => {
      const errors: string[] = []
      page.on('pageerror', (error) => errors.push(error.message))
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text())
      })
      await use(errors)
    },
    { auto: true },
  ],
})

export { expect } from '@playwright/test'
