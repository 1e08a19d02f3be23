import fc from 'fast-check'
import { isMap, LineCounter, parseDocument, type Document } from 'yaml'
import { describe, expect, test } from 'vitest'
import { arbitraryClusterYml } from '../../testing/arbitrary-cluster-yml.ts'
import { hostsWith } from './cluster-spec.ts'
import { parseClusterYml } from './parse-cluster-yml.ts'
import { memoryNeed, postgresSettings } from './sizing.ts'

/** Finds the line with the YAML library alone. */
function lineOfKey(text: string, path: readonly string[]): number {
  const counter = new LineCounter()
  let node: unknown = parseDocument(text, { lineCounter: counter }).contents
  let line = 1
  for (const name of path) {
    const pair = isMap(node) ? node.items.find(({ key }) => String(key) === name) : undefined
    if (!pair) break
    line = counter.linePos((pair.key as { range: [number, number, number] }).range[0]).line
    node = pair.value
  }
  return line
}

const hostNames = (document: Document, role: string) =>
  Object.entries(document.toJS().hosts as Record<string, { roles: string[] }>)
    .filter(([, { roles }]) => roles.includes(role))
    .map(([name]) => name)

interface Mutation {
  readonly breaks: string
  /** Changes the file. @returns the path of the field that must be named */
  readonly apply: (document: Document, pick: (names: readonly string[]) => string) => readonly string[]
  readonly says: RegExp
}

const set = (path: readonly string[], value: unknown, says: RegExp, named = path): Mutation => ({
  breaks: `${path.join('.')} = ${JSON.stringify(value)}`,
  apply: (document) => {
    document.setIn(path, document.createNode(value))
    return named
  },
  says,
})
const onHost = (role: string, field: string, value: unknown, says: RegExp): Mutation => ({
  breaks: `${field} of a ${role} = ${JSON.stringify(value)}`,
  apply: (document, pick) => {
    const path = ['hosts', pick(hostNames(document, role)), field]
    document.setIn(path, document.createNode(value))
    return path
  },
  says,
})
const withoutHosts = (role: string, keep: number): Mutation => ({
  breaks: `${keep} with ${role}`,
  apply: (document) => {
    for (const name of hostNames(document, role).slice(keep)) document.deleteIn(['hosts', name])
    return ['hosts']
  },
  says: new RegExp(`the role ${role}`),
})

const mutations: readonly Mutation[] = [
  set(['name'], 'Bike Fleet', /"Bike Fleet" is no cluster name/),
  set(['time_zone'], 'Europe/Amsterdm', /is no time zone/),
  set(['nmae'], 'x', /no field nmae/),
  set(['network', 'subnet'], '10.0.0.0', /no network of a data centre/),
  set(['network', 'subnet'], '10.0.0.1/24', /bits behind its prefix/),
  set(['network', 'vip'], '10.0.0.256', /no IPv4 address/),
  set(['network', 'vip'], '203.0.113.9', /outside the subnet/),
  set(['network', 'interface'], 'a name of many words', /no network interface/),
  set(['network', 'virtual_router_id'], 256, /from 1 to 255/),
  set(['network', 'clients'], [], /empty/),
  set(['network', 'operators'], '10.0.0.0/8', /not a list/),
  set(['ssh', 'port'], 0, /from 1 to 65535/),
  {
    breaks: 'the VIP is a host',
    apply: (document, pick) => {
      const address: unknown = document.getIn(['hosts', pick(hostNames(document, 'etcd')), 'address'])
      document.setIn(['network', 'vip'], address)
      return ['network', 'vip']
    },
    says: /is the address of/,
  },
  {
    breaks: 'two hosts with one address',
    apply: (document) => {
      const names = Object.keys(document.toJS().hosts as object)
      const address: unknown = document.getIn(['hosts', names[0]!, 'address'])
      document.setIn(['hosts', names.at(-1)!, 'address'], address)
      return ['hosts', names.at(-1)!, 'address']
    },
    says: /is the address of .*, too/,
  },
  {
    breaks: 'a host without a field',
    apply: (document, pick) => {
      const path = ['hosts', pick(Object.keys(document.toJS().hosts as object))]
      document.deleteIn([...path, 'memory'])
      return [...path, 'memory']
    },
    says: /memory is missing/,
  },
  onHost('postgresql', 'address', '203.0.113.9', /outside the subnet/),
  onHost('postgresql', 'memory', '8 GBs', /no size/),
  onHost('postgresql', 'memory', '256 MB', /has 256 MB/),
  onHost('postgresql', 'cores', 0, /from 1 to 1024/),
  onHost('haproxy', 'roles', ['haproxy', 'postgresql'], /both haproxy and postgresql/),
  onHost('backup', 'roles', ['backup', 'postgresql'], /both backup and postgresql/),
  onHost('haproxy', 'rolls', ['haproxy'], /no field rolls/),
  withoutHosts('postgresql', 2),
  withoutHosts('haproxy', 1),
  withoutHosts('backup', 0),
  {
    breaks: 'an even number of etcd members',
    apply: (document) => {
      const [name = ''] = hostNames(document, 'etcd')
      const others = (document.toJS().hosts as Record<string, { roles: string[] }>)[name]!.roles
      document.setIn(
        ['hosts', name, 'roles'],
        others.filter((role) => role !== 'etcd'),
      )
      if (others.length === 1) document.deleteIn(['hosts', name])
      return ['hosts']
    },
    says: /the role etcd; 3 or 5 must/,
  },
  set(['postgresql', 'version'], 16, /not in Debian 13/),
  set(['postgresql', 'database'], 'bike-fleet', /no PostgreSQL name/),
  set(['postgresql', 'role'], 'postgres', /cannot be the role's name/),
  set(['postgresql', 'durability'], 'async', /loses acknowledged writes/),
  set(['postgresql', 'data_directory'], '/etc/postgresql', /belongs to the system/),
  set(['postgresql', 'settings', 'work_men'], '1MB', /no setting work_men/),
  set(['postgresql', 'settings', 'wal_level'], 'minimal', /set by the cluster/),
  set(['postgresql', 'settings', 'shared_buffers'], '900GB', /has .* MB, and could need/),
  set(['postgresql', 'settings', 'max_connections'], 24, /max_connections is 24/),
  set(['postgresql', 'settings', 'work_mem'], '4 mb', /no value of work_mem/),
  set(['failover', 'ttl'], '19s', /not from 20 s/),
  set(['failover', 'ttl'], 20, /no unit/),
  set(['failover', 'loop_wait'], '0s', /not from 1 s/),
  set(['failover', 'retry_timeout'], '2s', /not from 3 s/),
  set(['failover', 'watchdog'], 'on', /none of off, automatic, required/),
  {
    breaks: 'Patroni times that do not add up',
    apply: (document) => {
      document.setIn(['failover', 'ttl'], '20s')
      document.setIn(['failover', 'loop_wait'], '10s')
      document.setIn(['failover', 'retry_timeout'], '6s')
      return ['failover', 'ttl']
    },
    says: /is 22s, more than ttl 20s/,
  },
  set(['haproxy', 'max_connections'], 99_999, /passes on 99999/),
  set(['haproxy', 'fall'], 0, /from 1 to 10/),
  set(['backup', 'schedule', 'full'], 'Son 01:00', /no weekday/),
  set(['backup', 'schedule', 'differential'], '*-02-30', /never comes/),
  set(['backup', 'schedule', 'verify'], '*:*', /1440 times a day/),
  set(
    ['backup', 'schedule'],
    { full: '01:00', differential: '*:00', verify: '2:30' },
    /start at the same time/,
    ['backup', 'schedule', 'differential'],
  ),
  set(['backup', 'retention', 'fulls'], 1, /fulls is 1/),
  set(['backup', 'retention', 'fulls'], 0, /fulls is 0/),
  set(['backup', 'retention', 'wal'], '12h', /not from 1 days/),
  set(['backup', 'archive_timeout'], '60s', /archive_timeout is 60s/),
  set(['backup', 'archive_queue_max'], '16 MB', /less than 128 MB/),
  set(
    ['backup', 'repository'],
    { type: 's3', bucket: 'b', endpoint: 'http://s3', region: 'r' },
    /not encrypted/,
    ['backup', 'repository', 'endpoint'],
  ),
  set(['backup', 'repository'], { type: 'path', server: 'nas' }, /no field server/, [
    'backup',
    'repository',
    'server',
  ]),
]

test('any file of the grammar is taken, with settings that fit every machine', () => {
  fc.assert(
    fc.property(arbitraryClusterYml, (text) => {
      const { spec, problems } = parseClusterYml(text, 'cluster.yml')
      expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
      for (const host of hostsWith(spec!, 'postgresql'))
        expect(memoryNeed(host, postgresSettings(spec!, host)).totalMb).toBeLessThanOrEqual(host.memoryMb)
    }),
    { numRuns: 100 },
  )
}, 60_000)

describe('any file is refused, with the right line, that was broken by', () => {
  test.each(mutations.map((mutation) => [mutation.breaks, mutation] as const))('%s', (_, { apply, says }) => {
    fc.assert(
      fc.property(arbitraryClusterYml, fc.nat(), (text, random) => {
        const document = parseDocument(text)
        const path = apply(document, (names) => names[random % names.length]!)
        const broken = document.toString({ lineWidth: 0 })
        const { spec, problems } = parseClusterYml(broken, 'cluster.yml')
        expect(spec).toBeNull()
        const field = path.join('.')
        const named = problems.filter((problem) => problem.field === field && says.test(problem.message))
        expect(named, `${broken}\n${JSON.stringify(problems, null, 1)}`).not.toEqual([])
        expect(named[0]).toMatchObject({
          severity: 'error',
          file: 'cluster.yml',
          line: lineOfKey(broken, path),
        })
        expect(named[0]!.why).not.toBe('')
        expect(named[0]!.fix).not.toBe('')
      }),
      { numRuns: 6 },
    )
  })
})

test('whatever is typed, there is an answer: a spec or an error with a line of the file', () => {
  const chunks = fc.constantFrom(
    ': ',
    '\n',
    '  ',
    '- ',
    '[',
    ']',
    '{',
    '}',
    '"',
    '&a ',
    '*a',
    '#',
    '!x ',
    '\t',
    '---\n',
    'hosts',
    '17',
    '?',
  )
  fc.assert(
    fc.property(arbitraryClusterYml, fc.nat(), chunks, fc.nat({ max: 30 }), (text, place, chunk, gone) => {
      const at = place % text.length
      const damaged = text.slice(0, at) + chunk + text.slice(at + gone)
      const { spec, problems } = parseClusterYml(damaged, 'cluster.yml')
      const isRefused = problems.some(({ severity }) => severity === 'error')
      expect(spec === null).toBe(isRefused)
      for (const { line } of problems) {
        expect(line).toBeGreaterThanOrEqual(1)
        expect(line).toBeLessThanOrEqual(damaged.split('\n').length)
      }
    }),
    { numRuns: 200 },
  )
}, 60_000)
