import { closeApp, createApp, listen } from '../http/app.ts'
import { registerLaunch } from '../http/launch.ts'
import { HttpProblem } from '../http/problem.ts'
import { registerWebApp } from '../http/web-app.ts'
import type { Log } from '../log.ts'
import type { SettingsOffice } from './settings-office.ts'
import { registerSettings } from './settings-routes.ts'
import type { WindowDoor } from './window-door.ts'

export interface SetUpOptions {
  readonly office: SettingsOffice
  readonly launchToken: string
  readonly door: WindowDoor
  readonly webRoot: string | null
  readonly log: Log
  readonly now: () => number
}

export interface SetUp {
  close(): Promise<void>
}

const drainTimeoutMs = 2_000

/**
 * What stands at the server's address while there is no database: the web app with the page that asks where the data is,
 * or says why it cannot be reached. Everything else is told to come again later, as during an outage: what a page or a
 * phone has not sent yet, it keeps.
 */
export async function openSetUp(options: SetUpOptions): Promise<SetUp> {
  const { office, launchToken, door, now, log } = options
  const host = new URL(door.url).hostname
  const sessions = { find: async () => null }
  const app = await createApp({ sessions, host, publicUrl: null, trustProxy: false, now, log })
  registerLaunch(app, { token: launchToken, landing: async () => '/#/start', database: null, once: door })
  registerSettings(app, office, sessions.find)
  const later = async () => {
    throw new HttpProblem(
      'database_unavailable',
      'The database cannot be reached at the moment; nothing was changed.',
    )
  }
  app.all('/api/*', { config: { access: 'anyone', needsNoSession: true } }, later)
  app.get('/readyz', { config: { access: 'anyone', needsNoSession: true } }, later)
  app.all('/ingest/*', { config: { access: 'tracker' } }, later)
  await registerWebApp(app, options.webRoot, () => office.look())
  await listen(app, host, 0, door)
  return { close: () => closeApp(app, drainTimeoutMs, door) }
}
