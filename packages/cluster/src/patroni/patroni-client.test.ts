import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { referenceSpec } from '../../testing/reference-spec.ts'
import { ClusterError } from '../cluster-error.ts'
import { createClusterHome } from '../home.ts'
import { ports } from '../layout.ts'
import { certificateName, type ClusterPki } from '../pki/cluster-pki.ts'
import { ensurePki } from '../pki/pki-store.ts'
import { type ClusterSpec, type HostSpec, hostsWith } from '../spec/cluster-spec.ts'
import { createPatroniClient, type PatroniClient } from './patroni-client.ts'

interface Recorded {
  readonly method: string
  readonly path: string
  readonly status: number
  readonly body: string
}
type Answer = Pick<Recorded, 'status' | 'body'> | 'close' | 'close once' | 'silence'

/** What Patroni 4.0.7 on three nodes answered. */
const recorded = JSON.parse(readFileSync(new URL('patroni-4.0.7.json', import.meta.url), 'utf8')) as Record<
  string,
  Recorded
>
const record = (name: string): Recorded => recorded[name]!

/** The reference cluster on addresses of this machine. */
const reference = referenceSpec()
const spec: ClusterSpec = {
  ...reference,
  hosts: reference.hosts.map((host, index) => ({ ...host, address: `127.83.0.${index + 1}` })),
}
const nodes = hostsWith(spec, 'postgresql')
const [first, second, third] = nodes as [HostSpec, HostSpec, HostSpec]

let folder: string
let pki: ClusterPki
const servers: Server[] = []
let client: PatroniClient
/** `HOST METHOD PATH` to what it answers, and all that was asked. */
let answers: Map<string, Answer>
let asked: { host: string; request: string; authorization: string | undefined; body: string }[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleet-patroni-'))
  pki = await ensurePki(createClusterHome(join(folder, 'cluster.yml')), spec, Date.now())
  for (const host of nodes) servers.push(await serve(host))
  client = createPatroniClient({ spec, secrets: { patroniApi: 'secret' }, pki })
})

afterAll(async () => {
  await client.close()
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
  await rm(folder, { recursive: true })
})

beforeEach(() => {
  asked = []
  answers = new Map<string, Answer>([
    [`${first.name} GET /leader`, record('leader')],
    [`${second.name} GET /leader`, record('standby')],
    [`${third.name} GET /leader`, record('standby')],
  ])
})

/** TLS with the node's own certificate, and Patroni's rules for who may change something (check_access in api.py). */
async function serve(host: HostSpec): Promise<Server> {
  const { certificatePem, privateKeyPem } = pki.certificate(certificateName(host.name, 'patroni'))
  const tls = { cert: certificatePem, key: privateKeyPem, ca: pki.authorityPem }
  const server = createServer(
    { ...tls, requestCert: true, rejectUnauthorized: false },
    (request, response) => void answer(host, request, response),
  )
  await new Promise<void>((resolve) => server.listen(ports.patroni, host.address, resolve))
  return server
}

async function answer(host: HostSpec, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = ''
  for await (const piece of request) body += String(piece)
  const line = `${request.method} ${request.url}`
  const { authorization } = request.headers
  asked.push({ host: host.name, request: line, authorization, body })
  const isAuthorized = (request.socket as { authorized?: boolean }).authorized
  const found =
    request.method === 'GET'
      ? answers.get(`${host.name} ${line}`)
      : !isAuthorized
        ? record('no certificate')
        : authorization !== `Basic ${Buffer.from('patroni:secret').toString('base64')}`
          ? record('wrong password')
          : answers.get(`${host.name} ${line}`)
  if (found === 'silence') return
  if (found === 'close once') answers.set(`${host.name} ${line}`, record('node'))
  if (found === 'close' || found === 'close once' || !found) return void request.socket.destroy()
  response.writeHead(found.status, { connection: 'close' }).end(found.body)
}

const failure = async (work: Promise<unknown>): Promise<ClusterError> => {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (error instanceof ClusterError) return error
  throw new Error('no ClusterError was thrown', { cause: error })
}

test('what Patroni answers is read with all members, lag and roles', async () => {
  answers.set(`${first.name} GET /cluster`, record('cluster'))
  const cluster = await client.cluster(first)
  expect(cluster).toMatchObject({ scope: 'bike-fleet-cluster', paused: false, scheduledSwitchover: null })
  expect(cluster.members.map(({ name, role, state, lagBytes }) => ({ name, role, state, lagBytes }))).toEqual(
    [
      { name: 'pg-node-1', role: 'leader', state: 'running', lagBytes: null },
      { name: 'pg-node-2', role: 'quorum_standby', state: 'streaming', lagBytes: 0 },
      { name: 'pg-node-3', role: 'quorum_standby', state: 'streaming', lagBytes: 0 },
    ],
  )
})

test('a node tells of itself, as a primary and as a standby', async () => {
  answers.set(`${first.name} GET /patroni`, record('node'))
  answers.set(`${second.name} GET /patroni`, record('paused node'))
  const primary = await client.node(first)
  expect(primary).toMatchObject({ role: 'primary', state: 'running', timeline: 13, flushedLsn: 151_515_992 })
  expect(primary.replication.map(({ applicationName, syncState }) => [applicationName, syncState])).toEqual([
    ['pg-node-3', 'quorum'],
    ['pg-node-2', 'quorum'],
  ])
  expect(await client.node(second)).toMatchObject({
    role: 'replica',
    synchronous: true,
    replicationState: 'streaming',
    paused: true,
    flushedLsn: null,
  })
})

test('a setting that waits for a restart is told with both values', async () => {
  answers.set(`${first.name} GET /cluster`, record('pending cluster'))
  const { members } = await client.cluster(first)
  expect(members[0]).toMatchObject({
    pendingRestart: true,
    pendingRestartReasons: [{ setting: 'max_connections', running: '50', wanted: '90' }],
  })
})

test('configuration and history are read', async () => {
  answers.set(`${first.name} GET /config`, record('config'))
  answers.set(`${first.name} GET /history`, record('history'))
  expect(await client.config(first)).toMatchObject({ ttl: 20, synchronous_mode: 'quorum' })
  expect((await client.history(first))[0]).toEqual({
    timeline: 1,
    lsn: 83_886_296,
    reason: 'no recovery target specified',
    at: '2026-11-23T03:27:42.858916+00:00',
    leader: 'pg-node-1',
  })
})

test('the leader is found, and the others are told as they are', async () => {
  const { leader, nodes: found } = await client.findLeader()
  expect(leader).toBe(first)
  expect(found.map(({ holdsLock, node }) => [holdsLock, node?.role])).toEqual([
    [true, 'primary'],
    [false, 'replica'],
    [false, 'replica'],
  ])
})

test('a node that says nothing delays the search by its deadline only', async () => {
  answers.set(`${second.name} GET /leader`, 'silence')
  const startMs = performance.now()
  const { leader, nodes: found } = await client.findLeader({ timeoutMs: 300 })
  expect(performance.now() - startMs).toBeLessThan(2_000)
  expect(leader).toBe(first)
  expect(found[1]).toMatchObject({ node: null, error: { code: 'timed_out' } })
})

test('of two that claim to lead the one that saw etcd last is believed', async () => {
  const older = record('leader').body.replace(/"dcs_last_seen": \d+/, '"dcs_last_seen": 1000')
  answers.set(`${first.name} GET /leader`, { status: 200, body: older })
  answers.set(`${third.name} GET /leader`, record('leader'))
  expect((await client.findLeader()).leader).toBe(third)
})

test('a server with a certificate of another authority is not spoken to', async () => {
  const other = await mkdtemp(join(tmpdir(), 'fleet-patroni-'))
  const foreign = await ensurePki(createClusterHome(join(other, 'cluster.yml')), spec, Date.now())
  const stranger = createPatroniClient({ spec, secrets: { patroniApi: 'secret' }, pki: foreign })
  const error = await failure(stranger.reload(first))
  expect(error.code).toBe('host_unreachable')
  expect(error.message).toContain(`${first.name} (${first.address}:8008) did not prove to be this cluster's`)
  expect(asked).toEqual([])
  await stranger.close()
  await rm(other, { recursive: true })
})

test('the password goes with changes only', async () => {
  answers.set(`${second.name} POST /reload`, record('reload'))
  await client.findLeader()
  expect(asked.map(({ authorization }) => authorization)).toEqual([undefined, undefined, undefined])
  expect(await client.reload(second)).toEqual({ outcome: 'done', status: 202, message: 'reload scheduled' })
  expect(asked.at(-1)?.authorization).toMatch(/^Basic /)
})

test('a wrong password is a refusal in words', async () => {
  const stranger = createPatroniClient({ spec, secrets: { patroniApi: 'guessed' }, pki })
  expect(await stranger.reload(first)).toEqual({
    outcome: 'refused',
    status: 401,
    message: 'not authenticated',
  })
  await stranger.close()
})

test.each([
  ['switchover from another', 412, 'leader name does not match'],
  ['switchover to itself', 400, 'Switchover target and source are the same'],
])('Patroni refuses: %s', async (name, status, message) => {
  answers.set(`${first.name} POST /switchover`, record(name))
  const outcome = await client.switchover(first, { leader: 'pg-node-2', candidate: 'pg-node-3' })
  expect(outcome).toEqual({ outcome: 'refused', status, message })
})

test('a switchover names both nodes, or leaves the choice to Patroni', async () => {
  answers.set(`${first.name} POST /switchover`, record('switchover'))
  expect(await client.switchover(first, { leader: 'pg-node-1', candidate: 'pg-node-2' })).toMatchObject({
    outcome: 'done',
  })
  await client.switchover(first, { leader: 'pg-node-1', candidate: null })
  expect(asked.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
    { leader: 'pg-node-1', candidate: 'pg-node-2' },
    { leader: 'pg-node-1' },
  ])
})

test.each<[string, Answer]>([
  ['the connection breaks', 'close'],
  ['no answer comes', 'silence'],
  ['Patroni gave up watching', { status: 503, body: 'Switchover status unknown' }],
])('once it was sent the outcome is unknown when %s', async (_, found) => {
  answers.set(`${first.name} POST /switchover`, found)
  const outcome = await client.switchover(first, { leader: 'pg-node-1', candidate: null }, { timeoutMs: 300 })
  expect(outcome.outcome).toBe('unknown')
})

test('what never left this machine is an error, not an outcome', async () => {
  const gone: HostSpec = { ...first, address: '127.83.0.99' }
  const error = await failure(client.restart(gone))
  expect(error).toMatchObject({ code: 'host_unreachable' })
  expect(error.message).toContain('127.83.0.99:8008')
})

test('a restart of what is pending sends no word of what it does not mean', async () => {
  answers.set(`${second.name} POST /restart`, record('restart nothing pending'))
  const outcome = await client.restart(second, { onlyPending: true, role: 'replica' })
  expect(outcome).toMatchObject({ outcome: 'refused', message: 'restart conditions are not satisfied' })
  await client.restart(second)
  // Patroni 4.0 looks at the key alone: false would mean yes.
  expect(asked.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
    { restart_pending: true, role: 'replica' },
    {},
  ])
})

test('an answer in another form names what is odd about it', async () => {
  answers.set(`${first.name} GET /cluster`, { status: 200, body: '{"scope":"x","members":[{"name":1}]}' })
  expect((await failure(client.cluster(first))).message).toContain('members.0.name')
  answers.set(`${first.name} GET /cluster`, { status: 200, body: '<html>' })
  expect((await failure(client.cluster(first))).code).toBe('command_failed')
  answers.set(`${first.name} GET /config`, { status: 502, body: 'Bad Gateway' })
  expect((await failure(client.config(first))).message).toContain('with 502')
})

test('what breaks off while Patroni opens its port anew is read once more, and no more than that', async () => {
  answers.set(`${first.name} GET /patroni`, 'close once')
  expect((await client.node(first)).role).toBe('primary')
  answers.set(`${first.name} GET /patroni`, 'close')
  expect(await failure(client.node(first))).toMatchObject({ code: 'command_failed' })
  expect(asked).toHaveLength(4)
})

test('stopping by the caller is told as such', async () => {
  answers.set(`${first.name} GET /patroni`, 'silence')
  const stop = new AbortController()
  const reading = client.node(first, { signal: stop.signal })
  stop.abort(new Error('enough'))
  await expect(reading).rejects.toThrow('enough')
})
