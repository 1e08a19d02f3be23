import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { freePort, type PostgresServer, startPostgres } from '@fleet/store/testing'
import { strFromU8, unzipSync } from 'fflate'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { until } from '../../fleet/testing/fleet-command.ts'
import { Desk, exitCodeOf, type Process } from '../testing/desktop-app.ts'
import type { WebDriver } from '../testing/webdriver.ts'

// What the system around the window brings: keys, menus, other windows, notifications, tray, keyring, links, downloads.

let desk: Desk
/** Daemons of the desktop that a test started. */
let daemons: ChildProcess[]
beforeEach(() => {
  desk = new Desk()
  daemons = []
})
afterEach(async () => {
  await desk.clear()
  for (const daemon of daemons) daemon.kill('SIGKILL')
})

const call = (program: string, ...words: readonly string[]) =>
  // Some connections on the bus never answer.
  execFileSync(program, words, { encoding: 'utf8', timeout: 3_000, stdio: ['ignore', 'pipe', 'ignore'] })
const titles = () =>
  call('wmctrl', '-l')
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
const press = (...keys: readonly string[]) => call('xdotool', 'key', '--clearmodifiers', ...keys)
const untilTrue = (what: string, holds: () => boolean | Promise<boolean>) =>
  until(what, async () => ((await holds()) ? true : null), 30_000)

/** A daemon of the desktop, which is no process of the app. */
function startDaemon(program: string, words: readonly string[], input = '', more = {}): void {
  const { DESK_OF_TEST: _, ...env } = desk.env
  const daemon = spawn(program, words, { env: { ...env, ...more }, stdio: ['pipe', 'ignore', 'ignore'] })
  daemon.stdin.end(input)
  daemons.push(daemon)
}

/** Calls a method of a program on the session's bus. */
const onBus = (bus: string, path: string, method: string, ...words: readonly string[]) =>
  call('gdbus', 'call', '--session', '-d', bus, '-o', path, '-m', method, '--', ...words)
const askBus = (method: string, ...words: readonly string[]) =>
  onBus('org.freedesktop.DBus', '/org/freedesktop/DBus', `org.freedesktop.DBus.${method}`, ...words)
const ownsName = (name: string) => askBus('NameHasOwner', name).includes('true')

/** Asks the server as the page does. */
const send = (window: WebDriver, method: string, path: string, body: unknown) =>
  window.run<number>(
    `return (await fetch('/api/desktop/' + args[1], { method: args[0],
       headers: { 'content-type': 'application/json' }, body: JSON.stringify(args[2]) })).status`,
    method,
    path,
    body,
  )
const hashOf = (window: WebDriver) => window.run<string>('return location.hash')

async function openApp(words: readonly string[] = []): Promise<WebDriver> {
  const window = await desk.open('sqlite', {}, words)
  await window.untilText('AMS-0001')
  return window
}

test('the menu works by its keys: pages, zoom, full screen, print, a second window, quit', async () => {
  const window = await openApp()
  const size = () => window.run<{ w: number; h: number }>('return { w: innerWidth, h: innerHeight }')
  await untilTrue('a key of the menu leads to Deliveries', async () => {
    press('ctrl+2')
    return (await hashOf(window)).startsWith('#/deliveries')
  })
  const before = await size()
  press('ctrl+equal')
  await untilTrue('it is bigger', async () => (await size()).w < before.w)
  press('ctrl+0')
  await untilTrue('it is as before', async () => (await size()).w === before.w)
  press('F11')
  await untilTrue('it fills the screen', async () => (await size()).w > before.w)
  press('F11')
  await untilTrue('it is a window again', async () => (await size()).w === before.w)
  press('ctrl+p')
  await untilTrue('the dialog for printing is there', () =>
    titles().some((title) => title.endsWith(' Print')),
  )
  press('Escape')
  await untilTrue('the dialog is gone', () => titles().length === 1)
  press('ctrl+shift+m')
  await untilTrue('there is a second window', () => titles().length === 2)
  press('ctrl+w')
  await untilTrue('it is closed, and the first one stays', () => titles().length === 1)
  expect(await hashOf(window)).toMatch(/^#\/deliveries/)
  press('ctrl+q')
  await desk.untilNothingRuns()
  await window.end()
})

test('a page opens a window of its own, signed in; the app ends with the last one', async () => {
  const window = await openApp()
  // Only somebody who clicks opens windows.
  await window.run(
    `const button = Object.assign(document.createElement('button'), { id: 'opener', textContent: 'Open' })
     button.style = 'position: fixed; top: 0; left: 0; z-index: 99999'
     button.onclick = () => { window.others = args[0].map((path) => open(path)) }
     document.body.append(button)`,
    ['/#/bikes', 'https://example.com/'],
  )
  await window.click('#opener')
  await untilTrue('the page is in a window of its own', () =>
    window.run<boolean>('return others[0]?.document.body?.innerText.includes("AMS-0002") === true'),
  )
  // Pages of others are for the browser.
  expect(await window.run('return [others[0].fleetDesktop !== undefined, others[1]]')).toEqual([true, null])
  expect(titles()).toHaveLength(2)
  for (const line of titles()) call('wmctrl', '-i', '-c', line.split(' ')[0]!)
  await desk.untilNothingRuns()
  await window.end()
})

test('downloads go to the Downloads folder, one beside the other; diagnostics hold no token', async () => {
  const window = await openApp()
  await window.run(
    'window.told = []; addEventListener("fleet-desktop", ({ detail }) => window.told.push(detail))',
  )
  const save = (href: string, name: string) =>
    window.run(
      `const link = Object.assign(document.createElement('a'), { href: ${href}, download: '${name}' })
       document.body.append(link); link.click(); link.remove()`,
    )
  const downloads = join(desk.home, 'Downloads')
  const files = () => {
    try {
      return readdirSync(downloads).sort()
    } catch {
      return []
    }
  }
  await save('URL.createObjectURL(new Blob(["code\\n"]))', 'deliveries.csv')
  await untilTrue('the page made a file', () => files().length === 1)
  await save('URL.createObjectURL(new Blob(["code 2\\n"]))', 'deliveries.csv')
  await untilTrue('the second has another name', () => files().length === 2)
  expect(files()).toEqual(['deliveries (1).csv', 'deliveries.csv'])
  expect(readFileSync(join(downloads, 'deliveries.csv'), 'utf8')).toBe('code\n')

  await save('"/api/desktop/diagnostics"', '')
  await untilTrue('the page hears of all three', async () => (await window.run('return told.length')) === 3)
  const name = files().find((each) => each.endsWith('.zip'))!
  expect(await window.run('return told[2]')).toEqual({
    name: 'download',
    about: { file: join(downloads, name), isWhole: true },
  })
  const zip = unzipSync(readFileSync(join(downloads, name)))
  const text = Object.values(zip)
    .map((bytes) => strFromU8(bytes))
    .join('\n')
  expect(text).toContain('The fleet app is up')
  expect(text).toContain('"tauri": "2.')
  expect(text).not.toMatch(/\/(link|launch)\/[A-Za-z0-9_-]{16,}/)
  await desk.close(window)
})

test.each([['first'], ['second']] as const)('the %s start opens what a link names', async (which) => {
  const link = 'bike-fleet://bike/AMS-0003'
  const window = await openApp(which === 'first' ? [link] : [])
  if (which === 'second') expect(await exitCodeOf(desk.start('sqlite', {}, [link]))).toBe(0)
  await untilTrue('the app is at the bike', async () => (await hashOf(window)).includes('AMS-0003'))
  await desk.close(window)
})

test('a notification says it as text, and a click on it brings the window to its page', async () => {
  const config = join(desk.home, 'dunstrc')
  writeFileSync(config, '[global]\nmarkup = full\n')
  startDaemon('dunst', ['-config', config])
  await untilTrue('notifications can be shown', () => ownsName('org.freedesktop.Notifications'))
  const window = await openApp()
  const notice = { title: 'Lekke band', body: '<b>AMS-0007</b> & meer', path: '/issues' }
  expect(await send(window, 'POST', 'notifications', notice)).toBe(204)
  await untilTrue('it is shown', () => call('dunstctl', 'count', 'displayed').trim() === '1')
  call('dunstctl', 'action', '0')
  await untilTrue('the app is at the page', async () => (await hashOf(window)).startsWith('#/issues'))
  call('dunstctl', 'close-all')
  await untilTrue('it is history', () => call('dunstctl', 'count', 'history').trim() === '1')
  expect(call('dunstctl', 'history')).toContain('&lt;b&gt;AMS-0007&lt;/b&gt; &amp; meer')
  await desk.close(window)
})

test('a notification waits for what shows it, when that starts later', async () => {
  const env = { DBUS_SESSION_BUS_ADDRESS: await openBus() }
  const window = await desk.open('sqlite', env)
  await window.untilText('AMS-0001')
  const notice = { title: 'Lekke band', body: 'AMS-0007', path: '/issues' }
  expect(await send(window, 'POST', 'notifications', notice)).toBe(204)
  startDaemon('dunst', ['-config', '/dev/null'], '', env)
  const shown = () =>
    spawnSync('dunstctl', ['history'], { encoding: 'utf8', timeout: 3_000, env: { ...desk.env, ...env } })
  const hide = () =>
    spawnSync('dunstctl', ['close-all'], { timeout: 3_000, env: { ...desk.env, ...env } }).status === 0
  await untilTrue('it is shown', () => hide() && shown().stdout.includes('Lekke band'))
  await desk.close(window)
})

test('nothing but the server gets the settings of the environment', async () => {
  const programs = join(desk.home, 'bin')
  const opened = join(desk.home, 'opened')
  mkdirSync(programs)
  writeFileSync(
    join(programs, 'xdg-open'),
    `#!/bin/sh\n{ echo "$1"; env; } > ${opened}.new\nmv ${opened}.new ${opened}\n`,
    {
      mode: 0o700,
    },
  )
  const secret = 'een lang geheim'
  const window = await desk.open('sqlite', { PATH: `${programs}:${desk.env['PATH']}`, PGPASSWORD: secret })
  await window.untilText('AMS-0001')
  await window.run('location.href = "https://example.com/"')
  await untilTrue('the browser is asked for', () => existsSync(opened))
  expect(readFileSync(opened, 'utf8')).toContain('https://example.com/')
  expect(readFileSync(opened, 'utf8')).not.toMatch(/^(PG|FLEET_)/m)
  const knows = (kind: Process['kind']) =>
    desk
      .processes()
      .filter((each) => each.kind === kind)
      .map(({ pid }) => readFileSync(`/proc/${pid}/environ`, 'latin1').includes(secret))
  expect(knows('server')).toEqual([true])
  expect(new Set(knows('webkit'))).toEqual(new Set([false]))
  await desk.close(window)
})

test('each window is as large at the next start as it was made', async () => {
  const first = await openApp()
  const width = (window: WebDriver) => window.run<number>('return innerWidth')
  const before = await width(first)
  await untilTrue('the menu has its keys', async () => {
    press('ctrl+equal')
    return (await width(first)) < before
  })
  await desk.close(first)
  const second = await openApp()
  expect(await width(second)).toBeLessThan(before)
  await desk.close(second)
})

/** The menu of the app's tray icon, as a panel reads it. */
function trayMenu(): { readonly bus: string; readonly path: string; readonly layout: string } | null {
  const shell = desk.processes().find(({ kind }) => kind === 'shell')
  for (const bus of askBus('ListNames').match(/:\d+\.\d+/g) ?? [])
    try {
      if (!askBus('GetConnectionUnixProcessID', bus).includes(` ${shell?.pid},`)) continue
      const tree = call('gdbus', 'introspect', '--session', '-d', bus, '-o', '/org/ayatana', '--recurse')
      const path = /node (\S+\/Menu) \{/.exec(tree)?.[1]
      if (path === undefined) continue
      const layout = onBus(bus, path, 'com.canonical.dbusmenu.GetLayout', '0', '-1', '[]')
      return { bus, path, layout }
    } catch {
      // That connection is another's, or is gone by now.
    }
  return null
}

test('the tray says how the fleet is, and quits the app', async () => {
  const window = await openApp()
  await untilTrue('the tray is there', async () => {
    await send(window, 'PUT', 'state', { text: '12 onderweg, 3 te laat', urgent: true })
    return trayMenu()?.layout.includes('12 onderweg, 3 te laat') === true
  })
  const { bus, path, layout } = trayMenu()!
  const ids = [...layout.matchAll(/\((\d+), \{/g)].map(([, id]) => id!)
  onBus(bus, path, 'com.canonical.dbusmenu.Event', ids.at(-1)!, 'clicked', '<0>', '0')
  await desk.untilNothingRuns()
  await window.end()
})

test('a server that stops again and again is given up: the window says why, the tray nothing, and one may try again', async () => {
  const window = await openApp()
  await untilTrue('the tray is there', async () => {
    await send(window, 'PUT', 'state', { text: '12 onderweg, 3 te laat', urgent: true })
    return trayMenu()?.layout.includes('12 onderweg') === true
  })
  await until(
    'the window says so',
    async () => {
      for (const { kind, pid } of desk.processes()) if (kind === 'server') process.kill(pid, 'SIGKILL')
      return (await window.text().catch(() => '')).includes('The app cannot run') || null
    },
    120_000,
  )
  await untilTrue('the tray says no more', () => trayMenu()?.layout.includes('onderweg') === false)
  await window.click('a[href="fleet-desktop:try-again"]')
  await window.untilText('AMS-0001')
  await desk.close(window)
})

/** A session bus of its own, which starts no daemon by itself. */
async function openBus(): Promise<string> {
  const config = join(desk.home, 'bus.conf')
  writeFileSync(
    config,
    `<busconfig><type>session</type><listen>unix:dir=${desk.env['XDG_RUNTIME_DIR']}</listen>
     <policy context="default">
       <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
     </policy></busconfig>`,
  )
  const { DESK_OF_TEST: _, ...env } = desk.env
  const words = [`--config-file=${config}`, '--nofork', '--print-address']
  const bus = spawn('dbus-daemon', words, { env, stdio: ['ignore', 'pipe', 'ignore'] })
  daemons.push(bus)
  const [address] = (await once(createInterface({ input: bus.stdout }), 'line')) as [string]
  return address
}

test.each([
  ['with a keyring the password is there and nowhere else, and the next start asks for nothing', true],
  ['without a keyring the app says that the password is not kept, and works', false],
] as const)('%s', async (_, hasKeyring) => {
  const env = { DBUS_SESSION_BUS_ADDRESS: await openBus() }
  if (hasKeyring) {
    const words = ['--foreground', '--unlock', '--components=secrets']
    startDaemon('gnome-keyring-daemon', words, 'sleutel', env)
  }
  const lookUp = () => {
    const words = ['lookup', 'service', 'amsterdam-bike-fleet', 'username', 'database']
    return spawnSync('secret-tool', words, { encoding: 'utf8', timeout: 5_000, env: { ...desk.env, ...env } })
  }
  // The person's keyring is open once they have signed in to their desktop.
  if (hasKeyring)
    await untilTrue('the keyring answers that there is none yet', () => {
      const { status, stderr } = lookUp()
      return status === 1 && stderr === ''
    })
  const postgres: PostgresServer = await startPostgres()
  try {
    const {
      host,
      port,
      user,
      database,
      password: known,
    } = postgres.config(await postgres.createDatabase(), 5)
    const password = known ?? 'een lang geheim'
    const backendOf = (window: WebDriver) =>
      window
        .run<string>('return (await (await fetch("/readyz")).json()).backend')
        .catch((error: unknown) => String(error))
    const window = await desk.open('sqlite', env)
    await window.untilText('AMS-0001')
    const settings = { data: 'servers', connection: { host, port, user, database }, trackerPort: null }
    const saved = await window.run<{ isPasswordKept: boolean }>(
      `return (await fetch('/api/desktop/settings', { method: 'PUT',
         headers: { 'content-type': 'application/json' }, body: JSON.stringify(args[0]) })).json()`,
      { settings, password },
    )
    expect(saved).toMatchObject({ isSaved: true, isPasswordKept: hasKeyring })
    await untilTrue('it works on PostgreSQL', async () => (await backendOf(window)) === 'postgres')
    if (hasKeyring) expect(lookUp().stdout).toContain(password)
    const file = readFileSync(join(desk.home, '.config/nl.amsterdambikefleet.desktop/settings.json'), 'utf8')
    expect(file).toContain(database)
    expect(file + desk.log()).not.toContain(password)
    await desk.close(window)
    if (!hasKeyring) return
    const second = await desk.open('sqlite', env)
    await untilTrue('it works on PostgreSQL again', async () => (await backendOf(second)) === 'postgres')
    await desk.close(second)
  } finally {
    await postgres.stop()
  }
})

test('a keyring that does not answer is named, and not waited for without end', async () => {
  const env = { DBUS_SESSION_BUS_ADDRESS: await openBus() }
  const words = ['--foreground', '--unlock', '--components=secrets']
  startDaemon('gnome-keyring-daemon', words, 'sleutel', env)
  const owns = () =>
    spawnSync('gdbus', ['wait', '--session', '--timeout=1', 'org.freedesktop.secrets'], {
      env: { ...desk.env, ...env },
    }).status === 0
  await untilTrue('the keyring is there', owns)
  daemons.at(-1)!.kill('SIGSTOP')
  const settings = {
    data: 'servers',
    connection: { host: '127.0.0.1', port: await freePort(), user: 'eva', database: 'fleet' },
    trackerPort: null,
  }
  writeFileSync(
    join(desk.home, '.config/nl.amsterdambikefleet.desktop/settings.json'),
    JSON.stringify(settings),
  )
  const window = await desk.open('sqlite', env)
  await window.untilText('The keyring of this computer')
  await window.untilText('127.0.0.1')
  await desk.close(window)
})
