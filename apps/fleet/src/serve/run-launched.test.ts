import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Connection, desktopSettings, type SettingsOutcome, type SettingsView } from '@fleet/api'
import { bindPassword } from '@fleet/server'
import { openStore } from '@fleet/store'
import { freePort, type PostgresServer, startPostgres } from '@fleet/store/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type LaunchedProcess, startLaunched } from '../../testing/launched-process.ts'

// Some start the app twice, and wait for what it tries again.
vi.setConfig({ testTimeout: 240_000 })

let home: string
let file: string
let app: LaunchedProcess | null
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'fleet-launched-'))
  file = join(home, 'config/settings.json')
  app = null
})
afterEach(async () => {
  await app?.end()
  rmSync(home, { recursive: true })
})

/** As on a new computer: nothing is set, and nothing is there. */
const start = async (options: Partial<Parameters<typeof startLaunched>[0]> = {}) =>
  (app = await startLaunched({
    ...options,
    env: { FLEET_SETTINGS: file, XDG_DATA_HOME: home, FLEET_DEMO_RIDERS: '0', ...options.env },
  }))
const send = (method: string, path: string, body: object) =>
  app!.fetch(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
const save = async (settings: object, password: string | null = null) =>
  (await (await send('PUT', '/api/desktop/settings', { settings, password })).json()) as SettingsOutcome
const view = async () => (await (await app!.fetch('/api/desktop/settings')).json()) as SettingsView
const dataFile = () => join(home, 'amsterdam-bike-fleet/fleet.db')
const backend = async () => ((await (await app!.fetch('/readyz')).json()) as { backend: string }).backend
/** Settings that are there before the program starts. */
const keep = (settings: object) => {
  mkdirSync(join(home, 'config'), { recursive: true })
  writeFileSync(file, JSON.stringify(desktopSettings.parse(settings)))
}

describe('on this computer', () => {
  test('the first start asks, keeps the answer and goes on at the same address; the second does not ask', async () => {
    await start()
    expect(await app!.untilIs('question')).toEqual({ is: 'question', problem: null, triesAgain: false })
    expect(await view()).toMatchObject({ settings: null, serversOnly: false, dataFile: dataFile() })
    expect((await app!.fetch('/launch')).headers.get('location')).toBe('/#/start')
    expect(existsSync(dataFile())).toBe(false)
    expect(await save({ data: 'here', trackerPort: null })).toEqual({
      isSaved: true,
      verdict: null,
      isPasswordKept: null,
      setAside: null,
    })
    await app!.untilIs('running')
    expect((await app!.fetch('/launch')).headers.get('location')).toMatch(/^\/#\/link\//)
    expect(await backend()).toBe('sqlite')
    expect(await app!.end()).toBe(0)

    await start()
    await app!.untilIs('running')
    expect(existsSync(dataFile())).toBe(true)
  })

  test('between two servers nobody else gets the port, and what proves the launch works once', async () => {
    keep({ data: 'here', trackerPort: null })
    await start()
    await app!.untilIs('running')
    expect((await save({ data: 'here', trackerPort: null })).isSaved).toBe(true)
    const port = Number(new URL(app!.url).port)
    const thief = createServer()
    let taken = 0
    const attempts = setInterval(() => thief.listen(port, '127.0.0.1'), 5)
    thief
      .on('error', () => {})
      .on('listening', () => {
        taken++
        thief.close()
      })
    // Asked while nobody is behind the port, it is answered by the next server.
    expect((await app!.fetch('/api/desktop/start')).status).toBe(200)
    await app!.untilIs('running')
    clearInterval(attempts)
    expect(taken).toBe(0)
    expect((await fetch(app!.launchUrl, { redirect: 'manual' })).status).toBe(403)
  })

  test('pages and phones that are there already are told to come again, not that there is nothing', async () => {
    await start()
    await app!.fetch('/launch')
    const statuses = [
      (await app!.fetch('/api/session')).status,
      (await send('POST', '/api/deliveries', {})).status,
      (await fetch(`${app!.url}/ingest/osmand?id=1`)).status,
    ]
    expect(statuses).toEqual([503, 503, 503])
    // And nobody else is told anything.
    expect((await fetch(`${app!.url}/api/desktop/settings`)).status).toBe(403)
    expect((await fetch(`${app!.url}/api/desktop/start`, { method: 'POST' })).status).toBe(403)
  })

  test('a settings file that somebody broke is shown with its lines, and is kept when it is replaced', async () => {
    mkdirSync(join(home, 'config'))
    writeFileSync(file, '{\n  "data": "there"\n}')
    await start()
    expect((await app!.untilIs('problem')).problem).toEqual({
      kind: 'settings',
      file,
      faults: [{ line: 2, text: '"data": "there"', field: 'data', is: 'wrong' }],
    })
    expect(await save({ data: 'here', trackerPort: null })).toMatchObject({ setAside: `${file}.broken` })
    await app!.untilIs('running')
    expect(readFileSync(`${file}.broken`, 'utf8')).toContain('there')
  })

  test('a tracker port that is taken is named, and the app starts by itself once it is free', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    keep({ data: 'here', trackerPort: port })
    await start()
    expect(await app!.untilIs('problem')).toEqual({
      is: 'problem',
      problem: { kind: 'tracker_port', port, isSetOutside: false },
      triesAgain: true,
    })
    taken.close()
    await app!.untilIs('running')
  })

  test.each([
    ['damaged', () => writeFileSync(dataFile(), 'x'.repeat(8192)), false],
    ['too_new', () => newerThanWeAre(dataFile()), false],
    ['not_writable', () => mkdirSync(dataFile()), true],
  ] as const)('a database file that is %s', async (is, make, triesAgain) => {
    mkdirSync(join(home, 'amsterdam-bike-fleet'))
    await make()
    keep({ data: 'here', trackerPort: null })
    await start()
    expect(await app!.untilIs('problem')).toMatchObject({
      problem: { kind: 'file', file: dataFile(), is },
      triesAgain,
    })
    // The way out is there: another place for the data.
    expect(await view()).toMatchObject({ settings: { data: 'here' } })
  })

  test('a folder that can neither be made nor be found is named, and the server ends when it is told to', async () => {
    await start({ env: { FLEET_DB: '/proc/nowhere/fleet.db' } })
    expect((await app!.untilIs('problem')).problem).toMatchObject({ kind: 'file', is: 'not_writable' })
    expect(await app!.end()).toBe(0)
  })

  test('a disk without room is named, and the app starts by itself once there is some', async () => {
    const disk = join(home, 'amsterdam-bike-fleet')
    mkdirSync(disk)
    // A tenth of what the tables and the demonstration take.
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'fleet-test', disk])
    try {
      keep({ data: 'here', trackerPort: null })
      await start()
      expect((await app!.untilIs('problem')).problem).toMatchObject({ kind: 'file', is: 'full' })
      execFileSync('mount', ['-o', 'remount,size=64m', disk])
      await app!.untilIs('running')
      await app!.end()
    } finally {
      execFileSync('umount', [disk])
    }
  })
})

describe('on the servers', () => {
  let postgres: PostgresServer
  beforeAll(async () => {
    postgres = await startPostgres()
  }, 60_000)
  afterAll(() => postgres.stop())

  const connection = async (change: Partial<Connection> = {}) => ({
    host: postgres.host,
    port: postgres.port,
    user: postgres.user,
    database: await postgres.createDatabase(),
    ...change,
  })

  /** A keyring with the password of these servers. */
  const keyringFor = (settings: object): { holds: string | null; asked?: number } => {
    const { connection } = desktopSettings.parse(settings)
    return { holds: JSON.stringify(bindPassword(connection!, postgres.password)) }
  }

  test('the first answer is tried before it is kept; the password goes to the keyring and nowhere else', async () => {
    const keyring = { holds: null as string | null }
    await start({ build: 'postgres', keyring })
    await app!.untilIs('question')
    expect(await view()).toMatchObject({ serversOnly: true })
    const settings = { data: 'servers', connection: await connection(), trackerPort: null }
    expect(await save(settings, 'wrong')).toMatchObject({ isSaved: false, verdict: { is: 'wrong_password' } })
    expect(existsSync(file)).toBe(false)
    expect(await save(settings, postgres.password)).toMatchObject({
      isSaved: true,
      verdict: { is: 'fine', rows: null },
      isPasswordKept: true,
    })
    await app!.untilIs('running')
    expect(await backend()).toBe('postgres')
    // A first start invents no couriers for a company.
    const store = await openStore(postgres.config(settings.connection.database, 2))
    expect((await store.list('bike', { limit: 1 })).items).toEqual([])
    await store.close()
    expect(JSON.stringify(await view())).not.toContain(postgres.password)
    expect(readFileSync(file, 'utf8') + app!.log()).not.toContain(postgres.password)
    expect(JSON.parse(keyring.holds!)).toMatchObject({ password: postgres.password })
    expect(await app!.end()).toBe(0)

    await start({ build: 'postgres', keyring })
    await app!.untilIs('running')
    expect(await view()).toMatchObject({ isPasswordKept: true })
  })

  test('without a keyring it says so, and asks for the password at each start', async () => {
    const settings = { data: 'servers', connection: await connection(), trackerPort: null }
    await start()
    await app!.untilIs('question')
    expect(await save(settings, postgres.password)).toMatchObject({ isSaved: true, isPasswordKept: false })
    await app!.untilIs('running')
    // Saved once more, nobody is asked: the program has not ended.
    expect(await save(settings)).toMatchObject({ isSaved: true, isPasswordKept: false })
    await app!.untilIs('running')
    await app!.end()

    await start()
    expect(await app!.untilIs('problem')).toMatchObject({
      problem: { kind: 'connection', verdict: { is: 'password_needed' } },
      triesAgain: false,
    })
    await send('POST', '/api/desktop/start', { password: postgres.password })
    await app!.untilIs('running')
  })

  test('the password that is kept is for the server that it was given for, and no other', async () => {
    const settings = { data: 'servers', connection: await connection(), trackerPort: null }
    const keyring = keyringFor(settings)
    keep(settings)
    await start({ keyring })
    await app!.untilIs('running')
    const ask = async (change: Partial<Connection>) =>
      (
        (await (
          await send('POST', '/api/desktop/connection-test', {
            connection: await connection(change),
            password: null,
          })
        ).json()) as { is: string }
      ).is
    expect(await ask({})).toBe('fine')
    expect(await ask({ host: 'localhost' })).toBe('password_needed')
    expect(await ask({ user: 'somebody' })).toBe('password_needed')
    // Whoever edits the file gets it sent nowhere else, also not by a program that knows it already.
    keep({ ...settings, connection: { ...settings.connection, host: 'localhost' } })
    await save({ ...settings, data: 'here' })
    await app!.untilIs('running')
    expect(keyring.holds).toContain(postgres.password)
    keep({ ...settings, connection: { ...settings.connection, host: 'localhost' } })
    await app!.end()
    await start({ keyring })
    expect(await app!.untilIs('problem')).toMatchObject({
      problem: { kind: 'connection', verdict: { is: 'password_needed' } },
    })
    keep(settings)
    await send('POST', '/api/desktop/start', { password: null })
    await app!.untilIs('running')
  })

  test('the way over this computer and back to the servers takes no password', async () => {
    const settings = { data: 'servers', connection: await connection(), trackerPort: null }
    const keyring = keyringFor(settings)
    keep({ ...settings, data: 'here' })
    await start({ keyring })
    await app!.untilIs('running')
    expect(await view()).toMatchObject({ isPasswordKept: true })
    const before = keyring.holds
    expect(await save(settings)).toMatchObject({ isSaved: true, isPasswordKept: true })
    await expect.poll(backend, { timeout: 60_000 }).toBe('postgres')
    await save({ ...settings, data: 'here' })
    await expect.poll(backend, { timeout: 60_000 }).toBe('sqlite')
    expect(keyring.holds).toBe(before)
    expect(await view()).toMatchObject({ isPasswordKept: true })
  })

  test('a password without the servers that it is for is of no use', async () => {
    keep({ data: 'servers', connection: await connection(), trackerPort: null })
    await start({ keyring: { holds: postgres.password } })
    expect(await app!.untilIs('problem')).toMatchObject({
      problem: { kind: 'connection', verdict: { is: 'password_needed' } },
    })
  })

  test('diagnostics do not ask the keyring, and hold no password that is known', async () => {
    const settings = { data: 'servers', connection: await connection(), trackerPort: null }
    const keyring = keyringFor(settings)
    const env = Object.fromEntries(
      Object.entries(postgres.env(settings.connection.database)).filter(([, value]) => value !== undefined),
    ) as Record<string, string>
    keep(settings)
    // The environment says it all, so nobody has asked the keyring before.
    await start({ keyring, env })
    await app!.untilIs('running')
    const signIn = (await app!.fetch('/launch')).headers.get('location')!
    const session = await send('POST', '/api/session/link', { token: signIn.split('/').at(-1) })
    const answer = await app!.fetch('/api/desktop/diagnostics', {
      headers: { cookie: session.headers.getSetCookie()[0]!.split(';')[0]! },
    })
    expect(answer.status).toBe(200)
    expect(keyring.asked).toBeUndefined()
  })

  test('a database that is away at the start is named, and the app starts by itself when it is back', async () => {
    const settings = { data: 'servers', connection: await connection(), trackerPort: null }
    keep(settings)
    await postgres.halt('fast')
    await start({ keyring: keyringFor(settings) })
    expect(await app!.untilIs('problem')).toMatchObject({
      problem: { kind: 'connection', verdict: { is: 'refused' } },
      triesAgain: true,
    })
    await postgres.resume()
    await app!.untilIs('running')
    await app!.end()
    expect(app!.log()).not.toContain(postgres.password)
  })

  test('while the database is away, settings are for admins that it has named before, and for nobody else', async () => {
    const settings = { data: 'servers', connection: await connection(), trackerPort: null }
    keep(settings)
    await start({ keyring: keyringFor(settings) })
    await app!.untilIs('running')
    const sessionOf = (answer: Response) => answer.headers.getSetCookie()[0]!.split(';')[0]!
    const as = (cookie: string, path: string, init: RequestInit = {}) =>
      app!.fetch(path, { ...init, headers: { 'content-type': 'application/json', cookie } })
    const landing = (await app!.fetch('/launch')).headers.get('location')!
    const owner = sessionOf(await send('POST', '/api/session/link', { token: landing.split('/').at(-1) }))
    const kees = { name: 'kees', password: 'een lang wachtwoord' }
    const made = await as(owner, '/api/users', {
      method: 'POST',
      body: JSON.stringify({ ...kees, role: 'viewer' }),
    })
    expect([made.status, await made.text()]).toEqual([201, expect.anything()])
    const viewer = sessionOf(await send('POST', '/api/session', kees))
    const look = async (cookie: string) => (await as(cookie, '/api/desktop/settings')).status
    expect([await look(owner), await look(viewer)]).toEqual([200, 403])
    await postgres.halt('fast')
    try {
      const stranger = `fleet_session=${'x'.repeat(43)}`
      expect([await look(owner), await look(viewer), await look(stranger)]).toEqual([200, 403, 503])
      const repaired = await as(owner, '/api/desktop/settings', {
        method: 'PUT',
        body: JSON.stringify({ settings: { ...settings, data: 'here' }, password: null }),
      })
      expect(await repaired.json()).toMatchObject({ isSaved: true })
    } finally {
      await postgres.resume()
    }
    await expect.poll(backend, { timeout: 60_000 }).toBe('sqlite')
  })

  test('from this computer to the servers and back, without a restart', async () => {
    keep({ data: 'here', trackerPort: null })
    await start()
    await app!.untilIs('running')
    const settings = { data: 'servers', connection: await connection(), trackerPort: null }
    await save(settings, postgres.password)
    await expect.poll(backend, { timeout: 60_000 }).toBe('postgres')
    await save({ ...settings, data: 'here' })
    await expect.poll(backend, { timeout: 60_000 }).toBe('sqlite')
  })

  test.each([
    ['PG_PASSWORD', 'wrong', 'wrong_password'],
    ['PG_DATABASE', 'not_there', 'no_such_database'],
    ['PG_USER', 'nobody', 'wrong_password'],
    ['PG_HOST', 'nowhere.invalid', 'unknown_host'],
    ['PG_PORT', null, 'refused'],
    ['PGSSLMODE', 'verify-full', 'tls_not_offered'],
  ] as const)('%s of the environment wrong: %s, %s', async (name, value, is) => {
    const env = {
      ...postgres.env(await postgres.createDatabase()),
      [name]: value ?? String(await freePort()),
    }
    await start({ build: 'postgres', env })
    expect((await app!.untilIs('problem')).problem).toMatchObject({ kind: 'connection', verdict: { is } })
    expect(await view()).toMatchObject({ setOutside: expect.arrayContaining(['PG_HOST']) as string[] })
  })

  test('variables that make no sense are named all at once', async () => {
    await start({ env: { PG_HOST: 'db', PG_PORT: 'x', PG_POOL_SIZE: '1' } })
    const { problem } = await app!.untilIs('problem')
    expect(
      problem?.kind === 'environment' && problem.problems.map(({ message }) => message.split(' ')[0]),
    ).toEqual(['PG_PORT', 'PG_USER', 'PG_DATABASE', 'PG_POOL_SIZE'])
  })
})

async function newerThanWeAre(path: string): Promise<void> {
  await (await openStore({ backend: 'sqlite', file: path })).close()
  const database = new DatabaseSync(path)
  database.exec(
    `INSERT INTO migrations (version, name, checksum, applied_at_ms) VALUES (999, 'later', 'x', 0)`,
  )
  database.close()
}
