import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ClusterError } from '../cluster-error.ts'
import { type ClusterHome, createClusterHome } from '../home.ts'
import type { HostShell } from '../hosts/host-shell.ts'
import type { LeaderSearch, PatroniClient } from '../patroni/patroni-client.ts'
import type { HostSpec } from '../spec/cluster-spec.ts'
import { hostsWith } from '../spec/cluster-spec.ts'
import { referenceOptions, renderClusterYml } from '../spec/cluster-yml-template.ts'
import { parseClusterYml } from '../spec/parse-cluster-yml.ts'
import type { ClusterSecrets } from './cluster-secrets.ts'
import { renderPasswordSql } from './password-sql.ts'
import { ownSecrets, rotateSecrets } from './rotate-secrets.ts'
import { type SecretName, secretNames } from './secrets-file.ts'
import { ensureSecrets, readSecrets, readStoredSecrets } from './secrets-store.ts'

const spec = parseClusterYml(renderClusterYml(referenceOptions()), 'cluster.yml').spec!
const nodes = hostsWith(spec, 'postgresql')

let home: ClusterHome
let before: ClusterSecrets
beforeEach(async () => {
  home = createClusterHome(join(await mkdtemp(join(tmpdir(), 'fleet-rotate-')), 'cluster.yml'))
  before = await ensureSecrets(home, spec, randomBytes, 1_000)
})
afterEach(() => rm(home.directory, { recursive: true }))

/** What happened, in order; passwords never in a command. */
interface Told {
  readonly what: string[]
  readonly sql: string[]
}

function fakeShell(told: Told, dead: readonly string[] = [], sqlFails = false): HostShell {
  return {
    run(host, command, options) {
      if (dead.includes(host.name))
        return Promise.reject(new ClusterError('host_unreachable', `${host.name} is dead`))
      told.what.push(`${command[0]} on ${host.name}`)
      if (command[0] !== 'psql') return Promise.resolve({ exitCode: 0, stdout: '', stderr: '' })
      expect(options?.user).toBe('postgres')
      expect(command.join(' ')).not.toContain('PASSWORD')
      told.sql.push(options?.input ?? '')
      return Promise.resolve({ exitCode: sqlFails ? 3 : 0, stdout: '', stderr: sqlFails ? 'read-only' : '' })
    },
    close: () => Promise.resolve(),
  }
}

/** pg-node-1 leads, the others stream, as Patroni says it; without a leader nobody does. */
function fakePatroni({ leaderless = false, lagging = null as string | null } = {}): PatroniClient {
  const survey = (host: HostSpec, index: number) => ({
    host,
    holdsLock: index === 0 && !leaderless,
    error: null,
    node: {
      role: index === 0 ? 'primary' : 'replica',
      state: 'running',
      timeline: 1,
      replicationState: lagging === host.name ? 'in archive recovery' : 'streaming',
      synchronous: index > 0,
    },
  })
  const search = {
    leader: leaderless ? null : nodes[0]!,
    nodes: nodes.map(survey),
  } as unknown as LeaderSearch
  const client: Partial<PatroniClient> = {
    findLeader: () => Promise.resolve(search),
    cluster: () => Promise.reject(new ClusterError('timed_out', 'no etcd')),
  }
  return client as PatroniClient
}

interface Fakes {
  readonly names?: readonly SecretName[]
  readonly shell?: (told: Told) => HostShell
  readonly patroni?: PatroniClient
  readonly deploy?: (secrets: ClusterSecrets) => Promise<string>
}
async function rotate({ names = [], shell = fakeShell, patroni = fakePatroni(), deploy }: Fakes = {}) {
  const told: Told = { what: [], sql: [] }
  const done = rotateSecrets(
    {
      home,
      spec,
      names,
      randomBytes,
      nowMs: 5_000,
      shell: shell(told),
      patroni,
      signal: new AbortController().signal,
    },
    async (secrets) => {
      told.what.push('deploy')
      return (await deploy?.(secrets)) ?? 'deployed'
    },
  )
  return { told, result: await done.catch((error: unknown) => error) }
}
const changedNames = (after: ClusterSecrets) => secretNames.filter((name) => after[name] !== before[name])
const pendingNames = async () => {
  const { records } = (await readStoredSecrets(home))!
  return secretNames.filter((name) => records.get(name)!.previous !== null)
}

test("without names the cluster's own secrets change: PostgreSQL first, then the hosts", async () => {
  let deployed: ClusterSecrets | null = null
  const { told, result } = await rotate({
    deploy: (secrets) => {
      deployed = secrets
      return Promise.resolve('all')
    },
  })
  expect(result).toEqual({ fresh: ownSecrets, resumed: [], deployed: 'all' })
  const after = await readSecrets(home, spec)
  expect(deployed).toEqual(after)
  expect(changedNames(after)).toEqual(secretNames.filter((name) => ownSecrets.includes(name)))
  expect(told.what.slice(-2)).toEqual(['psql on pg-node-1', 'deploy'])
  expect(told.sql).toEqual([renderPasswordSql(spec, after)])
  expect(await pendingNames()).toEqual([])
  const { records } = (await readStoredSecrets(home))!
  expect(records.get('superuser')!.sinceMs).toBe(5_000)
  expect(records.get('app')!.sinceMs).toBe(1_000)
})

test('a named secret changes alone, and without a role PostgreSQL is left alone', async () => {
  const { told } = await rotate({ names: ['haproxyStats'] })
  expect(changedNames(await readSecrets(home, spec))).toEqual(['haproxyStats'])
  expect(told.sql).toEqual([])
  expect(told.what.at(-1)).toBe('deploy')
})

test.each([
  ['a host is dead', { shell: (told: Told) => fakeShell(told, ['haproxy-2']) }, 'host_unreachable'],
  ['nobody leads', { patroni: fakePatroni({ leaderless: true }) }, 'cluster_unhealthy'],
  ['a standby does not stream', { patroni: fakePatroni({ lagging: 'pg-node-3' }) }, 'cluster_unhealthy'],
])('nothing is changed when %s', async (_, fakes, code) => {
  const { told, result } = await rotate(fakes)
  expect(result).toMatchObject({ code })
  expect(told.sql).toEqual([])
  expect(told.what).not.toContain('deploy')
  expect(await readSecrets(home, spec)).toEqual(before)
  expect(await pendingNames()).toEqual([])
})

test.each([
  ['PostgreSQL refused', { shell: (told: Told) => fakeShell(told, [], true) }],
  [
    'the deploy failed',
    { deploy: () => Promise.reject(new ClusterError('deploy_failed', 'a host went away')) },
  ],
  [
    'nobody led after the file was written',
    {
      patroni: (() => {
        const well = fakePatroni()
        const bad = fakePatroni({ leaderless: true })
        let calls = 0
        return { ...well, findLeader: () => (calls++ === 0 ? well : bad).findLeader() }
      })(),
    },
  ],
])('a rotation goes on with the same values after %s', async (_, fakes) => {
  const first = await rotate({ names: ['superuser', 'app'], ...fakes })
  expect(first.result).toBeInstanceOf(ClusterError)
  const halfway = await readSecrets(home, spec)
  expect(changedNames(halfway)).toEqual(['superuser', 'app'])
  expect(await pendingNames()).toEqual(['superuser', 'app'])
  const { records } = (await readStoredSecrets(home))!
  expect(records.get('app')!.previous).toBe(before.app)

  // A host that is dead now does not stop what has begun: the deploy says what it needs.
  const { told, result } = await rotate({ shell: (told) => fakeShell(told, ['haproxy-2']) })
  expect(result).toEqual({ fresh: [], resumed: ['superuser', 'app'], deployed: 'deployed' })
  expect(await readSecrets(home, spec)).toEqual(halfway)
  expect(told.sql).toEqual([renderPasswordSql(spec, halfway)])
  expect(await pendingNames()).toEqual([])
})

test('names that are asked for while others are unfinished come to them', async () => {
  await rotate({ names: ['app'], deploy: () => Promise.reject(new ClusterError('deploy_failed', 'no')) })
  const halfway = await readSecrets(home, spec)
  const { result } = await rotate({ names: ['app', 'monitor'] })
  expect(result).toMatchObject({ fresh: ['monitor'], resumed: ['app'] })
  const after = await readSecrets(home, spec)
  expect(after.app).toBe(halfway.app)
  expect(after.monitor).not.toBe(before.monitor)
})

test('the SQL holds no password', () => {
  const sql = renderPasswordSql(spec, before)
  for (const name of secretNames) expect(sql).not.toContain(before[name])
  expect(sql.match(/ALTER ROLE/g)).toHaveLength(5)
})
