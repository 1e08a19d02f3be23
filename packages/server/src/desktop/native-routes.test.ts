import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { desktopAbout, type DesktopMenu, desktopPaths } from '@fleet/api'
import type { Role } from '@fleet/domain'
import { openStore } from '@fleet/store'
import { strFromU8, unzipSync } from 'fflate'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { backends, type TestBackend } from '../../testing/backends.ts'
import { cookieOf, json, openTestServer, password, type TestServer } from '../../testing/test-server.ts'
import type { DesktopShell } from './desktop-shell.ts'

const launchToken = '0f'.repeat(32)
const folder = mkdtempSync(join(tmpdir(), 'fleet-native-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The port, with what was asked of it. */
function recordingShell() {
  const asked: unknown[] = []
  const shell: DesktopShell = {
    build: 'sqlite',
    versions: { program: '1.2.3', tauri: '2.11.6', webView: '2.48.0' },
    logFile: join(folder, 'server.log'),
    readPassword: async () => null,
    keepPassword: async () => false,
    notify: (notification) => asked.push(notification),
    showState: (state) => asked.push(state),
    showMenu: (menu) => asked.push(menu),
  }
  return { shell, asked }
}

describe.each(backends)('the window and the program around it, on %s', (name, openBackend) => {
  let backend: TestBackend
  let server: TestServer
  let asked: unknown[]
  let launchCookie: string

  beforeAll(async () => {
    backend = await openBackend()
    return () => backend.stop()
  }, 60_000)
  beforeEach(async () => {
    vi.stubEnv('FLEET_SETTINGS', join(folder, 'settings.json'))
    const recording = recordingShell()
    asked = recording.asked
    server = await openTestServer(await backend.open(), { launchToken, desktop: recording.shell })
    launchCookie = cookieOf(await server.fetch(`/launch/${launchToken}`, { redirect: 'manual' }))
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    await server.close()
  })

  const cookieFor = async (role: Role) => {
    await server.addUser(`the-${role}`, role)
    const signedIn = await server.fetch(
      '/api/session',
      json({ name: `the-${role}`, password }, { cookie: launchCookie }),
    )
    return `${launchCookie}; ${cookieOf(signedIn)}`
  }
  const send = (method: string, path: string, body: unknown, cookie: string) =>
    server.fetch(path, { ...json(body, { cookie }), method })

  test('hands on what the page wants shown', async () => {
    const cookie = await cookieFor('dispatcher')
    const notification = { title: 'Lekke band', body: 'AMS-0007', path: '/issues?open=7' }
    const state = { text: '12 onderweg', urgent: true }
    const menu: DesktopMenu = [
      {
        text: 'Bestand',
        items: [
          { kind: 'window', text: 'Kaart', key: 'CmdOrCtrl+Shift+M', path: '/map' },
          { kind: 'separator' },
          { kind: 'do', text: 'Stoppen', key: 'CmdOrCtrl+Q', does: 'quit' },
        ],
      },
    ]
    expect((await send('POST', desktopPaths.notifications, notification, cookie)).status).toBe(204)
    expect((await send('PUT', desktopPaths.state, state, cookie)).status).toBe(204)
    expect((await send('PUT', desktopPaths.menu, menu, cookie)).status).toBe(204)
    expect(asked).toEqual([notification, state, menu])
  })

  test.each([
    ['POST', desktopPaths.notifications, { title: 'x', body: 'y', path: '//evil.example' }, 'path'],
    ['PUT', desktopPaths.state, { text: 'x' }, 'urgent'],
    ['PUT', desktopPaths.menu, [{ text: 'x', items: [{ kind: 'do', text: 'y', does: 'format' }] }], 'does'],
    ['PUT', desktopPaths.menu, [{ text: 'x', items: [{ kind: 'tell', text: 'y', name: "a'b" }] }], 'name'],
  ] as const)('%s %s refuses %j', async (method, path, body, field) => {
    const answer = await send(method, path, body, await cookieFor('viewer'))
    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain(field)
    expect(asked).toEqual([])
  })

  test('is for the window only, and for who is signed in', async () => {
    const state = { text: 'x', urgent: false }
    expect((await send('PUT', desktopPaths.state, state, '')).status).toBe(401)
    expect((await send('PUT', desktopPaths.state, state, launchCookie)).status).toBe(401)
    const cookie = await cookieFor('dispatcher')
    expect((await server.fetch(desktopPaths.diagnostics, { headers: { cookie } })).status).toBe(403)
    expect(asked).toEqual([])
  })

  test('says what the program is made of', async () => {
    const cookie = await cookieFor('viewer')
    const about = await (await server.fetch(desktopPaths.about, { headers: { cookie } })).json()
    expect(desktopAbout.parse(about)).toMatchObject({
      program: '1.2.3',
      build: 'sqlite',
      node: process.versions.node,
      database: expect.stringMatching(name.includes('ost') ? /^PostgreSQL 1\d/ : /^SQLite 3/),
    })
  })

  test('diagnostics tell what helps, and nothing that is secret', async () => {
    const planted = 'geheim wachtwoord "1"'
    vi.stubEnv('PG_PASSWORD', planted)
    vi.stubEnv('FLEET_PUBLIC_URL', 'https://fleet:zeergeheim@fleet.example.nl')
    const link = 'A'.repeat(43)
    writeFileSync(join(folder, 'settings.json'), JSON.stringify({ data: 'here', leaked: planted }))
    writeFileSync(
      join(folder, 'server.log'),
      `${'an old line that is cut off\n'.repeat(30_000)}told ${planted} and ${launchToken}\nhttp://127.0.0.1:1/#/link/${link}\nthe last line\n`,
    )
    const cookie = await cookieFor('admin')
    const answer = await server.fetch(desktopPaths.diagnostics, { headers: { cookie } })
    expect(answer.headers.get('content-disposition')).toMatch(
      /^attachment; filename="fleet-diagnostics-[\dT-]+\.zip"$/,
    )
    const zip = unzipSync(new Uint8Array(await answer.arrayBuffer()))
    const files = Object.fromEntries(Object.entries(zip).map(([path, bytes]) => [path, strFromU8(bytes)]))
    expect(Object.keys(files).sort()).toEqual(
      ['about.json', 'database.json', 'environment.json', 'metrics.txt', 'server.log', 'settings.json'].map(
        (each) => `fleet-diagnostics/${each}`,
      ),
    )
    const all = Object.values(files).join('\n')
    for (const secret of [planted, 'wachtwoord', launchToken, link, 'zeergeheim', cookie.split('=').at(-1)!])
      expect(all).not.toContain(secret)
    const log = files['fleet-diagnostics/server.log']!
    expect(log).toMatch(/^an old line that is cut off\n/)
    expect(
      log.endsWith('told (hidden) and (hidden)\nhttp://127.0.0.1:1/#/link/(hidden)\nthe last line\n'),
    ).toBe(true)
    expect(log.length).toBeLessThan(600_000)
    expect(JSON.parse(files['fleet-diagnostics/database.json']!)).toMatchObject({
      health: { state: 'fine' },
      figures: { rows: { users: 2, bikes: 0 } },
    })
    expect(JSON.parse(files['fleet-diagnostics/about.json']!)).toMatchObject({ tauri: '2.11.6' })
    expect(files['fleet-diagnostics/metrics.txt']).toContain('fleet_')
  })
})

test('without a desktop app there are no such routes', async () => {
  const server = await openTestServer(await openStore({ backend: 'sqlite', file: join(folder, 'plain.db') }))
  expect(server.routes.filter(({ url }) => url.startsWith('/api/desktop'))).toEqual([])
  await server.close()
})
