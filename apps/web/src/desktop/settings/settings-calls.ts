import {
  ApiError,
  type Connection,
  type ConnectionVerdict,
  type DesktopSettings,
  type LookChange,
  problem,
  settingsPaths,
  type SettingsOutcome,
  type SettingsView,
  type StartState,
} from '@fleet/api'
import { isDesktop } from '../is-desktop.ts'

/** These routes stand outside the table: they answer while there is no database, and only in the desktop app. */
async function call<T>(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<T> {
  const response = await fetch(path, {
    method,
    credentials: 'same-origin',
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  if (response.status === 204) return undefined as T
  const said: unknown = await response.json()
  if (response.ok) return said as T
  throw new ApiError(problem.parse(said))
}

export const readStart = () => call<StartState>('GET', settingsPaths.start)
/** @param password for this start; null: as before */
export const tryAgain = (password: string | null) => call<void>('POST', settingsPaths.start, { password })
export const readView = () => call<SettingsView>('GET', settingsPaths.settings)
/** @param password null: the one that is kept */
export const saveSettings = (settings: DesktopSettings, password: string | null) =>
  call<SettingsOutcome>('PUT', settingsPaths.settings, { settings, password })
/** For the next start; in a browser, storage is enough. */
export function keepLook(change: LookChange): void {
  // Kept for this page all the same; the next choice is kept again.
  if (isDesktop()) call<void>('PUT', settingsPaths.look, change).catch(() => {})
}
export const testConnection = (connection: Connection, password: string | null) =>
  call<ConnectionVerdict>('POST', settingsPaths.connectionTest, { connection, password })
