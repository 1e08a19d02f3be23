import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Look, settingsPaths } from '@fleet/api'
import { openStore } from '@fleet/store'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cookieOf, openTestServer, type TestServer } from '../../testing/test-server.ts'
import { SettingsOffice } from './settings-office.ts'

const launchToken = '0f'.repeat(32)
let folder: string
let file: string
let server: TestServer
let cookie: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-look-'))
  file = join(folder, 'settings.json')
  writeFileSync(join(folder, 'index.html'), '<meta name="fleet-look" content="__FLEET_LOOK__" />')
})
afterEach(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

const shell = { build: 'sqlite', readPassword: async () => null, keepPassword: async () => false } as const
const open = async () => {
  const settings = new SettingsOffice({
    file,
    dataFile: join(folder, 'fleet.db'),
    setOutside: [],
    shell,
    onSaved: () => {},
    onTryAgain: () => {},
  })
  const store = await openStore({ backend: 'sqlite', file: join(folder, 'fleet.db') })
  server = await openTestServer(store, { launchToken, settings, webRoot: folder })
  cookie = cookieOf(await server.fetch(`/launch/${launchToken}`, { redirect: 'manual' }))
}
const send = (path: string, body: object) =>
  server.fetch(path, {
    method: 'PUT',
    headers: { cookie, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
const page = async () => (await server.fetch('/', { headers: { cookie, accept: 'text/html' } })).text()
const inFile = () => (JSON.parse(readFileSync(file, 'utf8')) as { look: Look }).look

test('language and appearance are in the next page, and in that of the next start, whatever its port', async () => {
  writeFileSync(file, '{"data":"here"}')
  await open()
  expect(await page()).toContain('content="- -"')
  expect((await send(settingsPaths.look, { language: 'nl' })).status).toBe(204)
  expect((await send(settingsPaths.look, { theme: 'dark' })).status).toBe(204)
  expect(await page()).toContain('content="nl dark"')
  await server.close()
  await open()
  expect(await page()).toContain('content="nl dark"')
  // Whoever saves the rest had them on the screen from before.
  await send(settingsPaths.settings, { settings: { data: 'here', trackerPort: null }, password: null })
  expect(inFile()).toEqual({ language: 'nl', theme: 'dark' })
  expect((await send(settingsPaths.look, { theme: '"><script>' })).status).toBe(400)
})

test('what is chosen before the first answer is kept with it; a damaged file is left alone', async () => {
  await open()
  await send(settingsPaths.look, { language: 'nl' })
  expect(await page()).toContain('content="nl -"')
  writeFileSync(file, 'damaged')
  await send(settingsPaths.look, { theme: 'dark' })
  expect(readFileSync(file, 'utf8')).toBe('damaged')
  await send(settingsPaths.settings, { settings: { data: 'here' }, password: null })
  expect(inFile()).toEqual({ language: 'nl', theme: 'dark' })
})

test('a browser keeps its own: the page says nothing', async () => {
  const store = await openStore({ backend: 'sqlite', file: join(folder, 'fleet.db') })
  server = await openTestServer(store, { webRoot: folder })
  cookie = ''
  expect(await page()).toContain('content=""')
})
