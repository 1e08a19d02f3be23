import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runCli } from '../../cli.ts'
import { createPaint } from '../../terminal.ts'
import { commands } from '../index.ts'
import { createTestingWorld } from '../../../testing/testing-world.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-cluster-'))
  file = join(folder, 'site', 'cluster.yml')
})
afterEach(() => rmSync(folder, { recursive: true }))

async function fleet(line: string, colours = false) {
  const { world, out, err } = createTestingWorld()
  const terminal = { ...world.terminal, paint: createPaint(colours) }
  const code = await runCli(commands, [...line.split(' '), '--file', file], { ...world, terminal })
  return { code, out: out(), err: err() }
}
const edit = (change: (text: string) => string) => writeFileSync(file, change(readFileSync(file, 'utf8')))

test('what init writes is fine, and says what comes next', async () => {
  const { code, out } = await fleet('cluster init')
  expect(code).toBe(0)
  expect(out).toContain(`fleet cluster check --file ${file}`)
  expect(await fleet('cluster check')).toEqual({
    code: 0,
    err: '',
    out: `${file} is fine: 6 hosts, 3 with PostgreSQL, 3 with etcd, 2 with HAProxy.\n`,
  })
})

test('init leaves a file that is there alone', async () => {
  await fleet('cluster init')
  edit((text) => `${text}# mine\n`)
  const before = statSync(file).mtimeMs
  const { code, err } = await fleet('cluster init --etcd separate')
  expect(code).toBe(2)
  expect(err).toContain('is there already')
  expect(readFileSync(file, 'utf8')).toMatch(/# mine\n$/)
  expect(statSync(file).mtimeMs).toBe(before)
})

test('init puts etcd on hosts of its own', async () => {
  await fleet('cluster init --etcd separate')
  expect((await fleet('cluster check')).out).toContain('9 hosts, 3 with PostgreSQL, 3 with etcd')
})

test('check shows every problem with its place, why and fix, and fails', async () => {
  await fleet('cluster init')
  edit((text) => text.replace('10.0.0.12', '10.0.0.11').replace('vip:', 'vpi:'))
  const { code, out } = await fleet('cluster check')
  expect(code).toBe(1)
  expect(out).toMatch(
    /cluster\.yml:\d+ {2}hosts\.pg-node-2\.address {2}error\n {2}10\.0\.0\.11 is the address of pg-node-1/,
  )
  expect(out).toContain('fix  Did you mean vip?')
  expect(out).toMatch(/cannot be deployed: 3 errors\.\n$/)
})

test('a warning is shown and passes', async () => {
  await fleet('cluster init')
  edit((text) => text.replace('clients: [10.0.0.0/24]', 'clients: [0.0.0.0/0]'))
  const { code, out } = await fleet('cluster check')
  expect(code).toBe(0)
  expect(out).toContain('network.clients  warning')
  expect(out).toContain('1 warning.')
})

test('--json gives the same as data', async () => {
  await fleet('cluster init')
  edit((text) => text.replace('durability: quorum', 'durability: async'))
  const { code, out } = await fleet('cluster check --json')
  expect(code).toBe(1)
  expect(JSON.parse(out)).toMatchObject({
    file,
    ok: false,
    problems: [
      { severity: 'error', file, line: expect.any(Number) as number, field: 'postgresql.durability' },
    ],
  })
})

test('a world-readable secret is a problem of the whole', async () => {
  await fleet('cluster init')
  const secrets = join(folder, 'site', 'cluster.secrets.yml')
  writeFileSync(secrets, 'app: { value: x }\n')
  chmodSync(secrets, 0o644)
  const { code, out } = await fleet('cluster check')
  expect(code).toBe(1)
  expect(out).toContain(`${secrets}:1`)
  expect(out).toContain('0644')
})

test('colours are for terminals', async () => {
  await fleet('cluster init')
  const escape = '\u001b['
  expect((await fleet('cluster check')).out).not.toContain(escape)
  expect((await fleet('cluster check', true)).out).toContain(escape)
})

test('a file that is not there is named', async () => {
  const { code, err } = await fleet('cluster check')
  expect(code).toBe(1)
  expect(err).toContain(`There is no ${file}.`)
  expect(err).toContain('fleet cluster init')
})
