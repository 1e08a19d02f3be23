import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '@fleet/store'
import { type PostgresServer, startPostgres } from '@fleet/store/testing'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { runCommand, startCommand, until } from '../../testing/fleet-command.ts'
import { signInByLink, startFleet } from '../../testing/fleet-process.ts'

// A command takes a second or two to start on a busy machine, and each of these runs several.
vi.setConfig({ testTimeout: 60_000 })

const folder = mkdtempSync(join(tmpdir(), 'fleet-migrate-command-'))
const file = join(folder, 'fleet.db')
let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
  await runCommand('demo seed', { FLEET_DB: file })
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

const psql = () => join(server.binDir, 'psql')
/** libpq's names of the app's settings. */
const psqlEnv = (env: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(env).map(([name, value]) => [name.replace('PG_', 'PG'), value]))

test('a fleet moves to PostgreSQL, where the app serves it, and back as a copy', async () => {
  const env = server.env(await server.createDatabase())
  const moved = await runCommand(`migrate --from ${file} --to postgres --json`, env)
  expect(moved).toMatchObject({ code: 0, stderr: '' })
  const result = JSON.parse(moved.stdout) as {
    isEqual: boolean
    rows: number
    comparisons: { name: string }[]
  }
  expect(result).toMatchObject({ isEqual: true })
  expect(result.comparisons.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['settings', 'deliveries', expect.stringMatching(/^position \d{4}-/)]),
  )

  const fleet = await startFleet({ ...env, FLEET_DEMO_RIDERS: '0' })
  const cookie = await signInByLink(fleet)
  const bikes = (await (await fetch(`${fleet.url}/api/bikes`, { headers: { cookie } })).json()) as {
    items: unknown[]
  }
  expect(bikes.items).toHaveLength(76)
  const copy = join(folder, 'copy.db')
  const refused = await runCommand(`migrate --from postgres --to ${copy}`, env)
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/is in use[^]*--snapshot/) })
  const copied = await runCommand(`migrate --from postgres --to ${copy} --snapshot`, env)
  expect(copied).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/deliveries +[\d,]+ +[0-9a-f]{12}[^]*yes/),
  })
  await fleet.end('SIGTERM')
  const store = await openStore({ backend: 'sqlite', file: copy })
  expect((await store.snapshot()).bikes).toHaveLength(76)
  await store.close()
})

test('stopped by Ctrl-C it says how to go on; until then the app refuses the target; then it goes on', async () => {
  const env = server.env(await server.createDatabase())
  await (await openStore(server.config(env['PG_DATABASE']!, 2))).close()
  // A lock that holds it up in the middle.
  const blocker = spawn(psql(), ['-qAt'], { env: psqlEnv(env), stdio: ['pipe', 'pipe', 'inherit'] })
  blocker.stdin.write(`BEGIN; LOCK TABLE deliveries IN SHARE MODE; SELECT 'locked';\n`)
  await once(blocker.stdout, 'data')
  const running = startCommand(['migrate', '--from', file, '--to', 'postgres'], env)
  const waiting = 'SELECT count(*) FROM pg_locks WHERE NOT granted'
  await until('it waits in the middle', () =>
    execFileSync(psql(), ['-qAtc', waiting], { env: psqlEnv(env), encoding: 'utf8' }).startsWith('1')
      ? true
      : null,
  )
  running.kill('SIGINT')
  blocker.stdin.end()
  const stopped = await running.finished
  expect(stopped).toMatchObject({ code: 130, stderr: expect.stringContaining('again to go on') })
  expect(await runCommand('serve --port 0', { ...env, FLEET_OSMAND_PORT: 'off' })).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/is not finished[^]*again/),
  })
  const resumed = await runCommand(`migrate --from ${file} --to postgres --json`, env)
  expect(resumed.code).toBe(0)
  expect((JSON.parse(resumed.stdout) as { resumedRows: number }).resumedRows).toBeGreaterThan(0)
})

test('what cannot be meant is told with its fix', async () => {
  const env = server.env('fleet')
  for (const [line, said] of [
    ['migrate --from a.db', '--to is missing'],
    ['migrate --from postgres --to postgres', 'the same: postgres'],
    [`migrate --from ${file} --to ${folder}/./fleet.db`, 'the same'],
    ['migrate --from a.db --to b.db', 'both files'],
    ['migrate --from a.db --to postgres --snapshot', '--snapshot is for --from postgres'],
  ] as const)
    expect(await runCommand(line, env)).toMatchObject({ code: 2, stderr: expect.stringContaining(said) })
  expect(await runCommand('migrate --from a.db --to postgres', {})).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('PG_HOST is not set'),
  })
})
