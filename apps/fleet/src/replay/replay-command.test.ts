import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BikeId } from '@fleet/domain'
import { openStore } from '@fleet/store'
import { freePort } from '@fleet/store/testing'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { runCommand, startCommand, until } from '../../testing/fleet-command.ts'
import { type FleetProcess, startFleet } from '../../testing/fleet-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'fleet-replay-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('replay through the running app', () => {
  const bikeId = '018f0000-0000-7000-8000-000000000001' as BikeId
  const env = { FLEET_DB: join(folder, 'fleet.db'), FLEET_SEED: 'none' }
  const file = join(folder, 'ride.csv')
  const fixes = 400
  const lines = Array.from({ length: fixes }, (_, s) => {
    const clock = new Date(s * 1_000).toISOString().slice(11, 23)
    return `${clock},${(52.35 + s * 0.00004).toFixed(6)},4.9,16,0,${s % 100 === 50 ? 300 : 5}`
  })
  let trackerEnv: Record<string, string>
  let url: string
  let fleet: FleetProcess
  // A test that fails must not leave an app on the port of the next one.
  afterEach(() => fleet?.end('SIGKILL'))

  beforeAll(async () => {
    const port = await freePort()
    trackerEnv = { ...env, FLEET_OSMAND_PORT: String(port) }
    url = `http://127.0.0.1:${port}`
    writeFileSync(file, `time,lat,lon,speed_kmh,heading_deg,accuracy_m\n${lines.join('\n')}\n`)
    const store = await openStore({ backend: 'sqlite', file: env.FLEET_DB })
    const context = { key: 'test', actor: { id: null, name: 'test' }, nowMs: Date.now() }
    await store.execute({ type: 'bike.create', id: bikeId, code: 'REAL-01', kind: 'city', note: '' }, context)
    await store.close()
    const added = await runCommand('device add --bike REAL-01 --id ride-1', env)
    if (added.code !== 0) throw new Error(added.stderr)
  })

  test('every fix arrives, though the app is killed in between and comes back', async () => {
    fleet = await startFleet(trackerEnv)
    const running = startCommand(
      ['replay', file, '--device', 'ride-1', '--url', url, '--speed', '100', '--json'],
      {},
    )
    const store = await openStore({ backend: 'sqlite', file: env.FLEET_DB })
    const bikeNo = (await store.get('bike', bikeId))!.no
    const count = async () =>
      (await store.history({ bikeNo, fromMs: 0, toMs: Date.now() + 60_000, limit: 1_000 })).items
    await until('some fixes are stored', async () => ((await count()).length > 50 ? true : null))
    await fleet.end('SIGKILL')
    await until('the replay has noticed', () => (running.stderr().includes('sending again') ? true : null))
    fleet = await startFleet(trackerEnv)
    const { code, stdout } = await running.finished
    const stored = await count()
    await store.close()
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      fixes,
      stored: fixes,
      flags: { inaccurate: 4, jump: 0, future: 0 },
      stopped: false,
    })
    expect(stored.length).toBe(fixes)
    expect(stored.filter(({ flag }) => flag === 'inaccurate').length).toBe(4)
    // Two starts of the app and a ride: longer on a busy machine.
  }, 60_000)

  test('Ctrl-C stops it with what was done so far', async () => {
    fleet = await startFleet(trackerEnv)
    const running = startCommand(['replay', file, '--device', 'ride-1', '--url', url, '--loop', '--json'], {})
    const store = await openStore({ backend: 'sqlite', file: env.FLEET_DB })
    const sinceMs = Date.now()
    const query = {
      bikeNo: (await store.get('bike', bikeId))!.no,
      fromMs: sinceMs,
      toMs: sinceMs + 60_000,
      limit: 10,
    }
    await until('it has begun', async () => ((await store.history(query)).items.length > 0 ? true : null))
    running.kill('SIGINT')
    const { code, stdout } = await running.finished
    await store.close()
    expect(code).toBe(130)
    expect(JSON.parse(stdout)).toMatchObject({ stopped: true })
  })

  test('an unknown tracker ends it at once, with what to look at', async () => {
    fleet = await startFleet(trackerEnv)
    const { code, stderr } = await runCommand(`replay ${file} --device nobody --url ${url}`, {})
    expect(code).toBe(1)
    expect(stderr).toMatch(/refuses positions of nobody[^]*fleet device list/)
  })

  test('what is wrong with the options is told before anything is sent', async () => {
    for (const [line, sentence] of [
      [`replay ${file} --device a --times keep`, 'times of day only'],
      [`replay ${file} --device a --times keep --date yesterday`, 'no day until today'],
      [`replay ${file} --device a --date 2026-01-01`, '--date is for --times keep'],
      [`replay ${file} --device a --times keep --date 2026-01-01 --loop`, '--loop needs --times now'],
      [`replay ${file} --device a --url phone`, 'no web address'],
    ] as const) {
      const { code, stderr } = await runCommand(line, {})
      expect(stderr).toContain(sentence)
      expect(code).toBe(2)
    }
  })
})
