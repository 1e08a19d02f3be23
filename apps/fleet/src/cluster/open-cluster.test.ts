import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { referenceOptions, renderClusterYml } from '@fleet/cluster'
import { failure } from '@fleet/cluster/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runCli } from '../cli.ts'
import { type CommandWorld, defineCommand, defineGroup } from '../command.ts'
import { createPaint } from '../terminal.ts'
import { clusterOptions, withCluster } from './open-cluster.ts'

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleet-open-'))
  file = join(folder, 'cluster.yml')
  await writeFile(file, renderClusterYml(referenceOptions()))
})
afterEach(() => rm(folder, { recursive: true }))

const worldWith = (env: CommandWorld['env'] = {}, out: string[] = []): CommandWorld => ({
  env,
  terminal: {
    stdin: Readable.from([]),
    out: (text) => void out.push(text),
    err: (text) => void out.push(text),
    isOutTty: false,
    isErrTty: false,
    columns: 80,
    rows: 24,
    paint: createPaint(false),
  },
  json: false,
  now: Date.now,
  randomBytes,
  stop: new AbortController().signal,
})
const choose = (lab: string | null = null) => ({ file, lab })
const done = { data: null, text: '' }

test('a description needs no secrets, makes none, and asks no host', async () => {
  await withCluster(worldWith(), choose(), 'description', async ({ spec, home }) => {
    expect(spec.name).toBe('bike-fleet-cluster')
    expect(home.directory).toBe(folder)
    return done
  })
  expect(await readdir(folder)).toEqual(['cluster.yml'])
})

test('an identity is made once and found again', async () => {
  const seen: string[] = []
  for (const needs of ['new identity', 'identity', 'new identity'] as const)
    await withCluster(worldWith(), choose(), needs, async ({ secrets, pki }) => {
      seen.push(secrets.app + pki.certificate('pg-node-1/etcd').certificatePem)
      return done
    })
  expect(new Set(seen).size).toBe(1)
  expect((await readdir(folder)).toSorted()).toEqual(['cluster.secrets.yml', 'cluster.yml', 'pki'])
})

test('a cluster that was never deployed has no identity to read', async () => {
  const { message } = await failure(
    withCluster(worldWith(), choose(), 'identity', async () => done),
    'missing_file',
  )
  expect(message).toBe(`There is no ${join(folder, 'cluster.secrets.yml')}.`)
  expect(await readdir(folder)).toEqual(['cluster.yml'])
})

test('a file that is not there is named', async () => {
  await rm(file)
  const { message } = await failure(
    withCluster(worldWith(), choose(), 'description', async () => done),
    'missing_file',
  )
  expect(message).toBe(`There is no ${file}.`)
})

test('all that is wrong with the file is told at once', async () => {
  await writeFile(
    file,
    renderClusterYml(referenceOptions()).replace('10.0.0.12', '10.0.0.11').replace('quorum\n', 'quorom\n'),
  )
  const { message } = await failure(
    withCluster(worldWith(), choose(), 'description', async () => done),
    'invalid_spec',
  )
  expect(message).toContain('10.0.0.11')
  expect(message).toContain('Did you mean quorum?')
  expect(message).toContain(`${file} cannot be used: 2 errors.`)
})

test('the file comes from --file, from FLEET_CLUSTER, or is the one of this folder', async () => {
  const seen: string[] = []
  const show = defineCommand({
    name: 'show',
    summary: 'Show',
    options: clusterOptions,
    positionals: [],
    examples: [],
    run: ({ options }) => {
      seen.push(options.file)
      return Promise.resolve(done)
    },
  })
  const root = defineGroup('fleet', 'Fleet', [show])
  await runCli(root, ['show', '--file', 'a.yml'], worldWith({ FLEET_CLUSTER: '/srv/b.yml' }))
  await runCli(root, ['show'], worldWith({ FLEET_CLUSTER: '/srv/b.yml' }))
  await runCli(root, ['show'], worldWith())
  expect(seen).toEqual(['a.yml', '/srv/b.yml', 'cluster.yml'])
})

test('a lab that is not there is named', async () => {
  const world = worldWith({ FLEET_LAB_HOME: folder })
  const { message } = await failure(
    withCluster(world, choose('nowhere'), 'description', async () => done),
    'lab_not_found',
  )
  expect(message).toBe('There is no lab "nowhere".')
})

test('what another program has answered is not answered again', async () => {
  const out: string[] = []
  const handOn = defineCommand({
    name: 'hand-on',
    summary: 'Hand on',
    options: {},
    positionals: [],
    examples: [],
    run: () => Promise.resolve({ data: undefined, text: '', exitCode: 7 }),
  })
  const root = defineGroup('fleet', 'Fleet', [handOn])
  expect(await runCli(root, ['hand-on', '--json'], worldWith({}, out))).toBe(7)
  expect(await runCli(root, ['hand-on'], worldWith({}, out))).toBe(7)
  expect(out.join('')).toBe('')
})
