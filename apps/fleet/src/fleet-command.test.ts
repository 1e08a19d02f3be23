import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '@fleet/store'
import { freePort } from '@fleet/store/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommand, startCommand, until } from '../testing/fleet-command.ts'
import { type FleetProcess, signInByLink, startFleet } from '../testing/fleet-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'fleet-command-'))
afterAll(() => rmSync(folder, { recursive: true }))
const databaseIn = (name: string) => ({ FLEET_DB: join(folder, name, 'fleet.db') })

interface Latest {
  readonly items: readonly {
    readonly bikeNo: number
    readonly timeMs: number
    readonly speedMps: number | null
  }[]
}

describe('with the app running and the demo riding', () => {
  const env = databaseIn('running')
  let fleet: FleetProcess
  let cookie: string
  const get = async <T>(path: string) =>
    (await (await fetch(`${fleet.url}${path}`, { headers: { cookie } })).json()) as T

  beforeAll(async () => {
    fleet = await startFleet(env)
    cookie = await signInByLink(fleet)
  })
  afterAll(() => fleet.end('SIGKILL'))

  test('it is alive, signs the owner in by the link, once, and has a demo fleet', async () => {
    expect(await get('/healthz')).toMatchObject({ status: 'alive' })
    expect(await get('/api/session')).toMatchObject({ user: { name: 'owner', role: 'admin' } })
    await expect(signInByLink(fleet)).rejects.toThrow('sign-in failed')
    const { stdout } = await runCommand('demo status --json', env)
    expect(JSON.parse(stdout)).toMatchObject({ counts: { bike: { demo: 76 }, courier: { demo: 72 } } })
  })

  test('couriers ride: their markers move through the tracker endpoint', async () => {
    const seeded = await get<Latest>('/api/latest')
    const newestMs = Math.max(...seeded.items.map(({ timeMs }) => timeMs))
    const moved = await until('thirty bikes moved', async () => {
      const { items } = await get<Latest>('/api/latest')
      const riding = items.filter(({ timeMs, speedMps }) => timeMs > newestMs && (speedMps ?? 0) > 1)
      return riding.length >= 30 ? riding : null
    })
    for (const { speedMps } of moved) expect(speedMps).toBeLessThan(8)
  })

  test('a registered phone is taken at once, an unknown one is told so', async () => {
    const { code, stdout } = await runCommand('device add --bike ams-0050 --json', env)
    expect(code).toBe(0)
    const { device, secret, warnings } = JSON.parse(stdout) as {
      device: { trackerId: string }
      secret: string
      warnings: string[]
    }
    expect(secret.length).toBeGreaterThan(20)
    expect(warnings.join()).toContain('a phone cannot reach it')
    const send = (id: string) => fetch(`${fleet.osmandUrl}/?id=${id}&lat=52.37&lon=4.89&speed=8`)
    expect((await send(device.trackerId)).status).toBe(200)
    expect((await send('stranger')).status).toBe(400)
    const listed = JSON.parse((await runCommand('device list --json', env)).stdout) as { devices: unknown[] }
    expect(listed.devices).toMatchObject([{ trackerId: device.trackerId, on: 'AMS-0050' }])
    expect((await runCommand(`device rotate ${device.trackerId} --json`, env)).code).toBe(0)
    expect((await runCommand(`device remove ${device.trackerId}`, env)).stdout).toContain(
      'Removed Phone AMS-0050',
    )
    await until('the removed phone is refused', async () =>
      (await send(device.trackerId)).status === 400 ? true : null,
    )
  })

  test('the sheet for a person has a code to scan and settings to type', async () => {
    const { stdout } = await runCommand('device add --bike AMS-0051 --url http://fleet.example.nl:5055', env)
    for (const part of [
      'Traccar Client',
      '██',
      'http://fleet.example.nl:5055',
      'Interval (s)',
      'OwnTracks',
      'shown this once',
    ])
      expect(stdout).toContain(part)
    expect(stdout).not.toContain('\u001b')
  })

  test('a bike that is not there is named with one that is', async () => {
    expect(await runCommand('device add --bike AMS-005', env)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/no bike with the code "AMS-005"[^]*Did you mean AMS-00/),
    })
    expect((await runCommand('device add', env)).code).toBe(2)
  })

  test('accounts: added, signed in, reset, disabled, while the app runs', async () => {
    const signIn = (password: string) =>
      fetch(`${fleet.url}/api/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'bram', password }),
      })
    const added = await runCommand(
      'user add Bram --role dispatcher --password-stdin',
      env,
      'four words make sense\n',
    )
    expect(added).toMatchObject({ code: 0, stdout: 'Added bram, dispatcher.\n', stderr: '' })
    const signedIn = await signIn('four words make sense')
    expect(signedIn.status).toBe(200)
    const session = signedIn.headers.getSetCookie()[0]!.split(';')[0]!
    const check = () => fetch(`${fleet.url}/api/session`, { headers: { cookie: session } })
    expect((await check()).status).toBe(200)

    const reset = JSON.parse((await runCommand('user reset bram --generate --json', env)).stdout) as {
      password: string
    }
    expect((await check()).status).toBe(401)
    expect((await signIn('four words make sense')).status).toBe(401)
    expect((await signIn(reset.password)).status).toBe(200)
    expect((await runCommand('user list', env)).stdout).toMatch(/bram +dispatcher +enabled/)
    expect((await runCommand('user disable bram', env)).code).toBe(0)
    expect((await signIn(reset.password)).status).toBe(401)
    expect((await runCommand('user enable bram', env)).code).toBe(0)
    expect((await runCommand('user role bram viewer', env)).stdout).toBe('bram is viewer now.\n')
  })

  test('what cannot be is refused in a sentence', async () => {
    expect(await runCommand('user add bram --role viewer --password-stdin', env, 'short\n')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('at least 12 characters'),
    })
    expect(
      await runCommand('user add bram --role viewer --password-stdin', env, 'long enough now\n'),
    ).toMatchObject({
      code: 1,
      stderr: 'Another user has the name bram.\n',
    })
    expect((await runCommand('user add cas --role viewer', env)).stderr).toContain('--password-stdin')
    expect((await runCommand('user disable owner', env)).stderr).toContain('only admin')
    expect((await runCommand('user disable brm', env)).stderr).toContain('Did you mean bram?')
  })

  test('a second app on the same port says that the first one runs', async () => {
    const { port } = new URL(fleet.url)
    const { code, stderr } = await runCommand(`serve --port ${port}`, {
      ...env,
      FLEET_OSMAND_PORT: 'off',
      FLEET_LOG: 'text',
    })
    expect(code).toBe(1)
    expect(stderr).toContain(`The fleet app is running already at http://127.0.0.1:${port}.`)
  })

  test('the log and the files keep secrets', () => {
    expect(fleet.log()).not.toContain(fleet.signInLink.split('/').at(-1))
    expect(statSync(env.FLEET_DB).mode & 0o077).toBe(0)
  })

  test('the demo goes when it is told to, and the riders with it', async () => {
    const { stdout } = await runCommand('demo clear --json', env)
    expect((JSON.parse(stdout) as { removed: number }).removed).toBeGreaterThan(300)
    await until('the bikes are gone', async () =>
      (await get<{ items: unknown[] }>('/api/bikes')).items.length <= 1 ? true : null,
    )
    expect(fleet.log()).not.toMatch(/"level":"error"/)
  })

  test('SIGTERM ends it with exit code 0', async () => {
    expect(await fleet.end('SIGTERM')).toBe(0)
    expect(fleet.log()).toContain('Stopped')
    expect((await runCommand('user list --json', env)).code).toBe(0)
  })
})

test('after a restart riders go on from where they were: no fix is a jump', async () => {
  const env = databaseIn('restart')
  const ride = async () => {
    const fleet = await startFleet(env)
    const cookie = await signInByLink(fleet)
    const startMs = Date.now()
    await until('forty bikes were heard of', async () => {
      const answer = await fetch(`${fleet.url}/api/latest?sinceReceivedMs=${startMs}`, {
        headers: { cookie },
      })
      return ((await answer.json()) as Latest).items.length >= 40 ? true : null
    })
    await fleet.end('SIGTERM')
  }
  await ride()
  const restartedMs = Date.now()
  await ride()
  const store = await openStore({ backend: 'sqlite', file: env.FLEET_DB })
  try {
    const { bikes } = await store.snapshot()
    const toMs = Date.now() + 1_000
    const query = { fromMs: restartedMs, toMs, limit: 1_000 }
    const items = (await Promise.all(bikes.map(({ no }) => store.history({ ...query, bikeNo: no })))).flatMap(
      (page) => page.items,
    )
    expect(items.length).toBeGreaterThanOrEqual(40)
    expect(items.filter(({ flag }) => flag !== null)).toEqual([])
  } finally {
    await store.close()
  }
})

test('more riders than the demo has are made, when somebody asks for them', async () => {
  const env = databaseIn('growth')
  const fleet = await startFleet({ ...env, FLEET_DEMO_RIDERS: '80' })
  await until('the fleet has grown', () => (fleet.log().includes('The demo fleet has grown') ? true : null))
  await fleet.end('SIGTERM')
  const { counts } = JSON.parse((await runCommand('demo status --json', env)).stdout) as {
    counts: { bike: { demo: number } }
  }
  expect(counts.bike.demo).toBeGreaterThanOrEqual(80)
})

test('wrong settings are told all at once, before anything is opened', async () => {
  const { code, stderr } = await runCommand('serve', {
    FLEET_PORT: 'http',
    FLEET_SEED: 'demoo',
    FLEET_DEMO_RIDER: '3',
    PG_USER: 'fleet_app',
  })
  expect(code).toBe(1)
  for (const part of [
    '3 settings are wrong',
    'FLEET_PORT is "http"',
    'Did you mean demo?',
    'PG_USER is set but PG_HOST is not',
    'Did you mean FLEET_DEMO_RIDERS?',
  ])
    expect(stderr).toContain(part)
})

test('a port that another program has is told as that', async () => {
  const other = createServer((_, response) => response.end('hello'))
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as AddressInfo
  const { code, stdout } = await runCommand(`serve --json --seed none --port ${port}`, {
    ...databaseIn('taken'),
    FLEET_OSMAND_PORT: 'off',
  })
  other.close()
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({
    error: { code: 'address_in_use', message: expect.stringContaining(String(port)) },
  })
})

test('it can be stopped while it waits for a database that does not answer', async () => {
  const waiting = startCommand(['serve', '--seed', 'none'], {
    PG_HOST: '127.0.0.1',
    PG_PORT: String(await freePort()),
    PG_USER: 'fleet_app',
    PG_DATABASE: 'bike_fleet',
    FLEET_PORT: '0',
    FLEET_OSMAND_PORT: 'off',
  })
  await until('it says that it waits', () => (waiting.stderr().includes('does not answer yet') ? true : null))
  waiting.kill('SIGTERM')
  expect((await waiting.finished).code).toBe(0)
})
