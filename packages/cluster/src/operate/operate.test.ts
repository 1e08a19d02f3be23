import { expect, test } from 'vitest'
import { viewOf } from '../../testing/cluster-view.ts'
import { referenceSpec } from '../../testing/reference-spec.ts'
import { hostsWith } from '../spec/cluster-spec.ts'
import { journalWords, servicesOn } from './logs.ts'
import { type Looked, type Operation, waitFor } from './operation.ts'
import { clientPsql, hostPsql } from './psql.ts'
import { planReinit } from './reinit.ts'
import { longestWriteGap } from './write-probe.ts'

const spec = referenceSpec()
const [node] = hostsWith(spec, 'postgresql')

test('the only standby that streams is told before it is thrown away, the primary is refused', () => {
  expect(planReinit(spec, viewOf(spec, 'pg-node-1'), 'pg-node-2').onlyStandby).toBe(false)
  const alone = viewOf(spec, 'pg-node-1', { 'pg-node-3': { silent: true } })
  expect(planReinit(spec, alone, 'pg-node-2').onlyStandby).toBe(true)
  expect(() => planReinit(spec, alone, 'pg-node-1')).toThrow('pg-node-1 is the primary')
})

test('a primary that lost its leader key is not thrown away', () => {
  const view = viewOf(spec, null, { 'pg-node-1': { node: { role: 'primary' } } })
  expect(() => planReinit(spec, view, 'pg-node-1')).toThrow('pg-node-1 is the primary')
  expect(() => planReinit(spec, view, 'pg-node-2')).toThrow('No node is a running primary')
})

test('the write gap is the longest silence, and only what ends after the beginning counts', () => {
  const history = { acknowledgedMs: [0, 900, 905, 1_400, 1_405], errors: new Map() }
  expect(longestWriteGap(history)).toEqual({ startMs: 0, gapMs: 900 })
  expect(longestWriteGap(history, 901)).toEqual({ startMs: 905, gapMs: 495 })
  expect(longestWriteGap({ acknowledgedMs: [5], errors: new Map() })).toBeNull()
})

/** A clock that stands but for what is slept. */
function operationWith(
  onEvent: Operation['onEvent'] = () => {},
): Pick<Operation, 'clock' | 'signal' | 'onEvent'> {
  let nowMs = 0
  const sleep = (ms: number) => {
    nowMs += ms
    return Promise.resolve()
  }
  return { clock: { now: () => nowMs, sleep }, signal: new AbortController().signal, onEvent }
}

test('a condition is looked at until it is met, and how it stands is told', async () => {
  const told: string[] = []
  const operation = operationWith((event) => told.push(event.text)) as Operation
  let looks = 0
  const look = (): Promise<Looked<string>> => {
    looks += 1
    return Promise.resolve(looks < 3 ? { met: false, now: `look ${looks}` } : { met: true, value: 'yes' })
  }
  expect(await waitFor(operation, { for: 'it', timeoutMs: 1_000 }, look)).toBe('yes')
  expect(told).toEqual(['it: look 1', 'it: look 2'])
})

test('a condition that is not met in time ends with how it stood at last', async () => {
  const never = () => Promise.resolve({ met: false, now: 'pg-node-2 is starting' } as const)
  await expect(
    waitFor(operationWith() as Operation, { for: 'pg-node-2 to stream', timeoutMs: 2_000 }, never),
  ).rejects.toMatchObject({
    code: 'timed_out',
    message: 'Waited 2 s for pg-node-2 to stream; it is not so yet: pg-node-2 is starting.',
  })
})

test('the password of psql is in no argument, and the server is verified', () => {
  const { words, env } = clientPsql({
    spec,
    secrets: { app: 'hunter2' },
    authorityFile: '/srv/fleet/pki/ca.crt',
    replica: true,
    args: ['-c', 'SELECT 1'],
  })
  expect(words).toEqual(['psql', '-c', 'SELECT 1'])
  expect(env).toMatchObject({
    PGHOST: spec.network.vip,
    PGPORT: '5433',
    PGPASSWORD: 'hunter2',
    PGSSLMODE: 'verify-full',
    PGSSLROOTCERT: '/srv/fleet/pki/ca.crt',
  })
})

test('psql over ssh becomes the application, and every word reaches it as it was given', () => {
  const { words } = hostPsql({
    spec: { ...spec, ssh: { ...spec.ssh, user: 'root' } },
    host: node!,
    as: 'application',
    isTerminal: true,
    args: ['-c', "SELECT 'a b'"],
  })
  expect(words.slice(0, 2)).toEqual(['ssh', '-t'])
  expect(words.at(-2)).toBe(node!.address)
  expect(words.at(-1)).toBe(
    String.raw`cd / && exec runuser -u postgres -- env PGDATABASE=bike_fleet 'PGAPPNAME=fleet cluster psql' 'PGOPTIONS=-c role=fleet_app' psql -c 'SELECT '\''a b'\'''`,
  )
})

test('PostgreSQL and Patroni, which share a unit, are told apart by their programs', () => {
  const options = { node: 'pg-node-1', since: '10 min ago', lines: 5, follow: true } as const
  expect(journalWords({ ...options, service: 'postgresql' })).toEqual([
    'journalctl',
    '--quiet',
    '--no-pager',
    '--no-hostname',
    '--output=short-iso',
    '--lines=5',
    '--since=10 min ago',
    '--follow',
    '_SYSTEMD_UNIT=patroni.service',
    '_COMM=postgres',
  ])
  expect(servicesOn(node!)).toEqual(['postgresql', 'patroni', 'etcd', 'pgbackrest', 'chrony', 'nftables'])
})
