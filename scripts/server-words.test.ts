import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseServeConfig } from '../apps/fleet/src/config/serve-config.ts'
import { sentences, toDutch } from '../apps/web/src/i18n/server-nl.ts'

const root = join(import.meta.dirname, '..')

/** The sentences of refusals and problems as they stand in the source, `{}` for what is filled in. */
function sentencesOfServer(): readonly string[] {
  const files = globSync('packages/{domain,store,server}/src/**/*.ts', { cwd: root })
  const said = files
    .filter((file) => !/\.test\.ts$|\/contract\//.test(file))
    .flatMap((file) => [
      ...readFileSync(join(root, file), 'utf8').matchAll(
        /(?:refuse|new HttpProblem)\(\s*'\w+',\s*(`[^`]*`|'[^']*')/gs,
      ),
    ])
    .map(([, text]) => text!.slice(1, -1).replaceAll(/\$\{[^}]*\}/g, '{}'))
  return [...new Set(said)]
}

test('every sentence of the server is there in Dutch', () => {
  const said = sentencesOfServer()
  expect(said.length).toBeGreaterThan(60)
  const known = Object.keys(sentences)
  // One may be put together from two: its beginning is found.
  expect(said.filter((sentence) => !known.some((one) => one.startsWith(sentence)))).toEqual([])
})

/** Each variable with what it cannot be. */
const wrong = {
  FLEET_HOST: 'http://fleet',
  FLEET_PORT: 'off',
  FLEET_OSMAND_HOST: 'a b',
  FLEET_OSMAND_PORT: '70000',
  FLEET_SEED: 'dmo',
  FLEET_DEMO_RIDERS: '-1',
  FLEET_RETENTION_DAYS: 'for ever',
  FLEET_SPOOL_MB: '1 GB',
  FLEET_PUBLIC_URL: 'fleet.example.nl',
  FLEET_TRUST_PROXY: '10.0.0.101, proxy',
  FLEET_DISPATCH_PHONE: 'call us',
  FLEET_METRICS_OPEN: 'on',
  FLEET_LOG: 'yaml',
  FLEET_LOG_LEVEL: 'wran',
}
const databaseOf = (mode: string) => ({ PG_HOST: 'db', PG_PORT: 'x', PG_POOL_SIZE: '1', PGSSLMODE: mode })

test.each([
  ['of the server', wrong],
  ['of the database', { ...databaseOf('always'), PGSSLROOTCERT: '/not/there', FLEET_DB: 'fleet.db' }],
  ['of its encryption', databaseOf('prefer')],
  ['of the database, which has no server', { PG_USER: 'fleet_app', PG_PASSWORD: 'x' }],
  ['of ports that are one', { FLEET_PORT: '5055' }],
])('every wrong variable %s is told in Dutch', (_, env) => {
  const parsed = parseServeConfig(env)
  const said = parsed.ok ? [] : parsed.problems.flatMap(({ message, fix }) => [message, fix])
  expect(said.length).toBeGreaterThanOrEqual(2)
  expect(said.filter((sentence) => toDutch(sentence) === sentence)).toEqual([])
})

test('a value that somebody typed stays as it is', () => {
  const said = parseServeConfig({ FLEET_PORT: 'off', FLEET_LOG: 'on' })
  const inDutch = said.ok ? [] : said.problems.map(({ message }) => toDutch(message))
  expect(inDutch).toEqual([
    'FLEET_PORT is "off", en dat is geen geheel getal van 0 tot en met 65535.',
    'FLEET_LOG is nu "on".',
  ])
})
