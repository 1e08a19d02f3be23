import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { configurationError, parseServeConfig } from './serve-config.ts'
import { clusterVariables, databaseVariables, knownVariables } from './settings.ts'

const read = (env: Record<string, string>) => parseServeConfig(env, { home: '/home/anna', platform: 'linux' })
const config = (env: Record<string, string>) => {
  const parsed = read(env)
  if (!parsed.ok) throw configurationError(parsed.problems)
  return parsed.config
}

test('without settings the app keeps to this machine, with a demo', () => {
  expect(config({})).toMatchObject({
    store: { backend: 'sqlite', file: '/home/anna/.local/share/amsterdam-bike-fleet/fleet.db' },
    host: '127.0.0.1',
    port: 8484,
    osmand: { host: '127.0.0.1', port: 5055 },
    seed: 'demo',
    riders: { count: 60, isAsked: false },
    retentionDays: 90,
    dispatchPhone: null,
    metricsOpen: false,
    logLevel: 'info',
  })
})

test('trackers are listened for where the app listens, unless told otherwise or not at all', () => {
  expect(config({ FLEET_HOST: '0.0.0.0' }).osmand).toEqual({ host: '0.0.0.0', port: 5055 })
  expect(config({ FLEET_OSMAND_HOST: '0.0.0.0' })).toMatchObject({
    host: '127.0.0.1',
    osmand: { host: '0.0.0.0' },
  })
  expect(config({ FLEET_OSMAND_PORT: 'off' }).osmand).toBeNull()
  expect(config({ FLEET_OSMAND_PORT: '0' }).osmand).toBeNull()
  expect(config({ FLEET_HOST: '[::1]' }).host).toBe('::1')
})

test('an empty database gets the demo fleet, on a cluster too, unless told otherwise', () => {
  const cluster = { PG_HOST: '10.0.0.100', PG_USER: 'fleet_app', PG_DATABASE: 'bike_fleet' }
  expect(config(cluster).seed).toBe('demo')
  expect(config({ ...cluster, FLEET_SEED: 'none' }).seed).toBe('none')
})

test('all that is wrong is told at once, of the database too', () => {
  const parsed = read({
    PG_HOST: 'db',
    PG_PORT: '99999',
    FLEET_PORT: '80.5',
    FLEET_OSMAND_PORT: 'none',
    FLEET_HOST: 'two words',
    FLEET_SEED: 'dmo',
    FLEET_DEMO_RIDERS: '2001',
    FLEET_RETENTION_DAYS: '0',
    FLEET_PUBLIC_URL: 'fleet.example.nl',
    FLEET_DISPATCH_PHONE: 'ring us',
    FLEET_METRICS_OPEN: 'yes',
    FLEET_TRUST_PROXY: '10.0.0.101, proxy, 10.0.0.0/40',
    FLEET_LOG: 'xml',
    FLEET_LOG_LEVEL: 'loud',
  })
  if (parsed.ok) throw new Error('it must not be accepted')
  expect(parsed.problems.map(({ variable }) => variable).toSorted()).toEqual([
    'FLEET_DEMO_RIDERS',
    'FLEET_DISPATCH_PHONE',
    'FLEET_HOST',
    'FLEET_LOG',
    'FLEET_LOG_LEVEL',
    'FLEET_METRICS_OPEN',
    'FLEET_OSMAND_PORT',
    'FLEET_PORT',
    'FLEET_PUBLIC_URL',
    'FLEET_RETENTION_DAYS',
    'FLEET_SEED',
    'FLEET_TRUST_PROXY',
    'PG_DATABASE',
    'PG_PORT',
    'PG_USER',
  ])
  const { message, code } = configurationError(parsed.problems)
  expect(code).toBe('invalid_configuration')
  expect(message).toMatch(/^15 settings are wrong:/)
})

test('proxies are addresses and networks', () => {
  expect(config({ FLEET_TRUST_PROXY: '10.0.0.101, 10.0.0.0/24,::1' }).trustProxy).toEqual([
    '10.0.0.101',
    '10.0.0.0/24',
    '::1',
  ])
  expect(config({}).trustProxy).toBe(false)
})

test('positions wait on this machine while PostgreSQL is away, unless told otherwise', () => {
  const cluster = { PG_HOST: '10.0.0.100', PG_USER: 'fleet_app', PG_DATABASE: 'bike_fleet' }
  expect(config(cluster).spool).toEqual({
    folder: '/home/anna/.local/share/amsterdam-bike-fleet/fleet-spool',
    maxBytes: 1024 * 1024 * 1024,
  })
  expect(config({ ...cluster, FLEET_SPOOL_DIR: '/srv/spool', FLEET_SPOOL_MB: '5' }).spool).toEqual({
    folder: '/srv/spool',
    maxBytes: 5 * 1024 * 1024,
  })
  expect(config({ ...cluster, FLEET_SPOOL_MB: '0' }).spool).toBeNull()
  // SQLite is on that disk itself.
  expect(config({}).spool).toBeNull()
})

test('one port cannot serve twice', () => {
  const parsed = read({ FLEET_PORT: '5055' })
  expect(parsed.ok || parsed.problems[0]!.message).toContain('both 5055')
})

test('a variable that nobody reads is named with the one that was meant', () => {
  expect(read({ FLEET_SEEED: 'demo', FLEET_ZZZ: '1', PATH: '/bin' }).warnings).toEqual([
    'FLEET_SEEED is not a setting of this program. Did you mean FLEET_SEED?',
    'FLEET_ZZZ is not a setting of this program.',
  ])
})

test('the variables of the cluster and the lab are known too: the app runs inside a lab with one of them', () => {
  expect(read({ FLEET_CLUSTER: '/srv/cluster.yml', FLEET_LAB: 'lab' }).warnings).toEqual([])
})

test('a password is never part of what is said', () => {
  const parsed = read({ PG_PASSWORD: 'hunter2-hunter2', FLEET_PORT: 'x' })
  expect(JSON.stringify(parsed)).not.toContain('hunter2')
})

test('the README names every setting', () => {
  const readme = readFileSync(new URL('../../../../README.md', import.meta.url), 'utf8')
  const named = (name: string) => readme.includes(`\`${name}\``)
  const all = { ...knownVariables, ...databaseVariables, ...clusterVariables }
  expect(Object.keys(all).filter((name) => !named(name))).toEqual([])
})
