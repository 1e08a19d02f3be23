import { expect, test } from 'vitest'
import { parseStoreConfig } from './config.ts'

const linux = { platform: 'linux', home: '/home/eva' } as const
const server = { PG_HOST: '10.0.0.100', PG_USER: 'fleet_app', PG_DATABASE: 'bike_fleet' }

function fileOf(env: Record<string, string>, defaults: Parameters<typeof parseStoreConfig>[1] = linux) {
  const parsed = parseStoreConfig(env, defaults)
  return parsed.ok && parsed.config.backend === 'sqlite' ? parsed.config.file : parsed
}

function problemsOf(env: Record<string, string>) {
  const parsed = parseStoreConfig(env, linux)
  return parsed.ok ? [] : parsed.problems
}

test('without settings the data is in the folder that the operating system wants', () => {
  expect(fileOf({})).toBe('/home/eva/.local/share/amsterdam-bike-fleet/fleet.db')
  expect(fileOf({ XDG_DATA_HOME: '/data' })).toBe('/data/amsterdam-bike-fleet/fleet.db')
  expect(fileOf({}, { platform: 'darwin', home: '/Users/eva' })).toBe(
    '/Users/eva/Library/Application Support/amsterdam-bike-fleet/fleet.db',
  )
  expect(fileOf({ LOCALAPPDATA: '/local' }, { platform: 'win32', home: '/x' })).toBe(
    '/local/amsterdam-bike-fleet/fleet.db',
  )
  expect(fileOf({ FLEET_DB: '/srv/fleet.db' })).toBe('/srv/fleet.db')
})

test('PG_HOST, PG_USER and PG_DATABASE are enough for PostgreSQL', () => {
  expect(parseStoreConfig(server, linux)).toEqual({
    ok: true,
    config: {
      backend: 'postgres',
      host: '10.0.0.100',
      port: 5432,
      readPort: null,
      user: 'fleet_app',
      password: null,
      database: 'bike_fleet',
      poolSize: 10,
      ssl: { mode: 'disable', rootCertFile: null },
    },
  })
})

test('PG_READ_PORT is where reads of the past go', () => {
  expect(parseStoreConfig({ ...server, PG_READ_PORT: '5433' }, linux)).toMatchObject({
    config: { port: 5432, readPort: 5433 },
  })
  expect(problemsOf({ PG_READ_PORT: '5433' }).map(({ variable }) => variable)).toEqual(['PG_READ_PORT'])
})

test('all problems are told at once, each with the variable, what was given and what to do', () => {
  const problems = problemsOf({
    PG_HOST: 'db',
    PG_PORT: '70000',
    PG_READ_PORT: '0',
    PG_POOL_SIZE: 'many',
    PG_PASSWORD: 'secret',
    PGSSLMODE: 'prefer',
    PGSSLROOTCERT: '/nowhere/ca.pem',
    FLEET_DB: '/srv/fleet.db',
  })
  expect(problems.map(({ variable }) => variable).toSorted()).toEqual([
    'FLEET_DB',
    'PGSSLMODE',
    'PGSSLROOTCERT',
    'PG_DATABASE',
    'PG_POOL_SIZE',
    'PG_PORT',
    'PG_READ_PORT',
    'PG_USER',
  ])
  expect(problems.find(({ variable }) => variable === 'PG_PORT')?.value).toBe('70000')
  for (const { fix, message } of problems) expect(fix.length * message.length).toBeGreaterThan(0)
  expect(JSON.stringify(problems)).not.toContain('secret')
})

test('half of the PostgreSQL settings is a problem, not SQLite', () => {
  const problems = problemsOf({ PG_USER: 'fleet_app', PG_PASSWORD: 'secret' })
  expect(problems.map(({ variable }) => variable)).toEqual(['PG_USER', 'PG_PASSWORD'])
  expect(JSON.stringify(problems)).not.toContain('"secret"')
})

test('a certificate without a mode is a problem: the connection would be plain text', () => {
  const problems = problemsOf({ ...server, PGSSLROOTCERT: import.meta.filename })
  expect(problems.map(({ variable }) => variable)).toEqual(['PGSSLROOTCERT'])
  expect(problemsOf({ ...server, PGSSLROOTCERT: import.meta.filename, PGSSLMODE: 'verify-full' })).toEqual([])
  expect(problemsOf({ ...server, PGSSLROOTCERT: 'system', PGSSLMODE: 'require' })).toEqual([])
})
