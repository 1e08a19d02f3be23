import { expect, test } from 'vitest'
import { referenceSpec } from '../../testing/reference-spec.ts'
import { ClusterError } from '../cluster-error.ts'
import { paths } from '../layout.ts'
import { preCheckHosts } from './pre-checks.ts'
import { type HostFacts, type HostSurvey, watchedPaths } from './host-facts.ts'

const spec = referenceSpec()
const operator = '10.0.0.1'

function freshFacts(name: string): HostFacts {
  const host = spec.hosts.find((candidate) => candidate.name === name)!
  return {
    hostname: host.name,
    os: { id: 'debian', version: '13' },
    memoryMb: host.memoryMb,
    interfaces: ['lo', spec.network.interface],
    addresses: { lo: ['127.0.0.1'], [spec.network.interface]: [host.address] },
    disks: watchedPaths(spec, host).map((path) => ({ path, freeMb: 50_000, exists: false, empty: true })),
    listeners: [],
    postgresqlServers: [],
    missingPackages: [],
    cluster: null,
    vipNeighbour: null,
    sshClient: operator,
    clockOffsetS: { least: -0.05, most: 0.05 },
  }
}

/** Every host in order, but for what the test changes of some. */
const survey = (changes: Readonly<Record<string, Partial<HostFacts>>> = {}): readonly HostSurvey[] =>
  spec.hosts.map((host) => ({
    host,
    facts: { ...freshFacts(host.name), ...changes[host.name] },
    error: null,
  }))
const messages = (changes: Readonly<Record<string, Partial<HostFacts>>>) =>
  preCheckHosts(spec, survey(changes)).map(({ host, message }) => `${host}: ${message}`)

const dataDirectory = spec.postgresql.dataDirectory
const deployed: Partial<HostFacts> = {
  cluster: spec.name,
  disks: [{ path: dataDirectory, freeMb: 5_000, exists: true, empty: false }],
  postgresqlServers: [{ pid: 100, dataDirectory, unit: 'patroni.service' }],
  listeners: [
    { port: 5432, process: 'postgres', pid: 100, unit: 'patroni.service' },
    { port: 8008, process: 'patroni', pid: 99, unit: 'patroni.service' },
    { port: 2379, process: 'etcd', pid: 98, unit: 'etcd.service' },
    { port: 8432, process: 'pgbackrest', pid: 97, unit: 'pgbackrest.service' },
  ],
}

test('fresh hosts as cluster.yml describes them are accepted', () => {
  expect(preCheckHosts(spec, survey())).toEqual([])
})

test('hosts that run the cluster already are accepted', () => {
  const nodes = ['pg-node-1', 'pg-node-2', 'pg-node-3']
  const proxy: Partial<HostFacts> = {
    cluster: spec.name,
    listeners: [5432, 5433, 8404].map((port) => ({
      port,
      process: 'haproxy',
      pid: 7,
      unit: 'haproxy.service',
    })),
    addresses: { [spec.network.interface]: ['10.0.0.101', spec.network.vip] },
  }
  const changes = Object.fromEntries(nodes.map((name) => [name, deployed]))
  const withVip = { ...changes, 'haproxy-1': proxy, 'haproxy-2': { vipNeighbour: '02:00:00:00:00:01' } }
  expect(messages(withVip)).toEqual([])
})

test('all problems of all hosts are told at once', () => {
  const problems = messages({
    'pg-node-1': { os: { id: 'ubuntu', version: '24.04' } },
    'pg-node-2': { hostname: 'debian', memoryMb: 100 },
    'backup-1': { clockOffsetS: { least: 1.9, most: 2.3 } },
  })
  expect(problems).toHaveLength(4)
  expect(problems[0]).toContain('ubuntu 24.04')
  expect(problems[1]).toContain('calls itself debian')
  expect(problems[2]).toContain('100 MB')
  expect(problems[3]).toContain('2.1 s ahead')
})

test.each([
  ['surely ahead', { least: 1.01, most: 1.2 }, true],
  ['surely behind', { least: -3, most: -1.5 }, true],
  ['within a second', { least: -0.9, most: -0.7 }, false],
  ['not known well enough to refuse', { least: 0.5, most: 1.8 }, false],
])('a clock that is %s', (_, clockOffsetS, refused) => {
  expect(messages({ 'haproxy-1': { clockOffsetS } })).toHaveLength(refused ? 1 : 0)
})

test('a network interface that is missing or carries another address is refused', () => {
  expect(messages({ 'haproxy-1': { interfaces: ['lo', 'ens3'], addresses: {} } })).toEqual([
    expect.stringMatching(/has no network interface .* it has lo, ens3/),
  ])
  expect(messages({ 'haproxy-1': { addresses: { [spec.network.interface]: ['10.0.0.9'] } } })).toEqual([
    expect.stringMatching(/does not carry 10\.0\.0\.101; it has 10\.0\.0\.9/),
  ])
})

test('a firewall that would lock the operator out is refused', () => {
  expect(messages({ 'pg-node-1': { sshClient: '203.0.113.9' } })).toEqual([
    expect.stringMatching(/from 203\.0\.113\.9.* lock you out/),
  ])
})

test('a disk without room for the cluster and waiting WAL is refused', () => {
  const disks = [{ path: dataDirectory, freeMb: 1_000, exists: false, empty: true }]
  expect(messages({ 'pg-node-3': { disks } })).toEqual([
    expect.stringMatching(/1000 MB free at .* MB are needed/),
  ])
})

test('another PostgreSQL is named with its process, unit and data, once', () => {
  const foreign: Partial<HostFacts> = {
    postgresqlServers: [
      { pid: 812, dataDirectory: '/var/lib/postgresql/16/main', unit: 'postgresql@16-main.service' },
    ],
    listeners: [{ port: 5432, process: 'postgres', pid: 812, unit: 'postgresql@16-main.service' }],
  }
  const problems = preCheckHosts(spec, survey({ 'pg-node-1': foreign }))
  expect(problems).toHaveLength(1)
  expect(problems[0]?.message).toMatch(/process 812, postgresql@16-main\.service.*16\/main/)
  expect(problems[0]?.fix).toContain('systemctl disable --now postgresql@16-main.service')
})

test('data that no deploy has put there is never overwritten', () => {
  const found = (path: string) => ({ path, freeMb: 50_000, exists: true, empty: false })
  expect(messages({ 'pg-node-1': { disks: [found(dataDirectory)] } })).toHaveLength(1)
  expect(messages({ 'pg-node-1': { disks: [found(paths.etcdData)] } })).toHaveLength(1)
  // `destroy` keeps the repository.
  const { repository } = spec.backup
  expect(repository.type).toBe('path')
  if (repository.type === 'path')
    expect(messages({ 'backup-1': { disks: [found(repository.path)] } })).toEqual([])
})

test('a host of another cluster is refused', () => {
  expect(messages({ 'pg-node-1': { cluster: 'other' } })).toEqual([
    expect.stringContaining('belongs to the cluster other'),
  ])
})

test('a port that another program holds is refused, ours is not', () => {
  const nginx = { port: 8404, process: 'nginx', pid: 5, unit: 'nginx.service' }
  expect(messages({ 'haproxy-2': { listeners: [nginx] } })).toEqual([
    expect.stringMatching(/Port 8404 of haproxy-2 is taken by nginx \(process 5, nginx\.service\)/),
  ])
  // The same port means nothing on a host that does not use it.
  expect(messages({ 'pg-node-1': { listeners: [nginx] } })).toEqual([])
})

test('a foreign machine at the virtual IP is refused', () => {
  const problems = messages({ 'haproxy-1': { vipNeighbour: '52:54:00:12:34:56' } })
  expect(problems).toEqual([expect.stringMatching(/10\.0\.0\.100 is in use: .* 52:54:00:12:34:56/)])
})

test('a host that cannot be asked is a problem, and no verdict on the virtual IP is given then', () => {
  const surveys = survey({ 'haproxy-1': { vipNeighbour: '52:54:00:12:34:56' } }).map((found): HostSurvey =>
    found.host.name === 'haproxy-2'
      ? {
          host: found.host,
          facts: null,
          error: new ClusterError('host_unreachable', 'haproxy-2 does not answer.'),
        }
      : found,
  )
  expect(preCheckHosts(spec, surveys)).toMatchObject([
    { host: 'haproxy-2', message: 'haproxy-2 does not answer.' },
  ])
})
