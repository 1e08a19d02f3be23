import { homedir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseValid, referenceSpec } from '../../testing/reference-spec.ts'
import { hostsWith } from './cluster-spec.ts'
import { referenceOptions, renderClusterYml } from './cluster-yml-template.ts'
import { parseClusterYml } from './parse-cluster-yml.ts'

const reference = renderClusterYml(referenceOptions())
const lineOf = (text: string, part: string) => text.slice(0, text.indexOf(part)).split('\n').length

/** The reference file with one part replaced, and the problems that it has. */
function problemsWith(from: string, to: string) {
  expect(reference).toContain(from)
  const text = reference.replace(from, to)
  return {
    text,
    problems: parseClusterYml(text, 'cluster.yml').problems.map(
      ({ severity, line, field, message, fix }) => ({
        severity,
        line,
        field,
        message,
        fix,
      }),
    ),
  }
}
/** As above, for a part that is added at the end. */
const problemsAfter = (added: string) => {
  const text = `${reference}${added}`
  return { text, problems: parseClusterYml(text, 'cluster.yml').problems }
}

describe('the file that init writes', () => {
  test('has no problems and the addresses of the guide', () => {
    expect(parseClusterYml(reference, 'cluster.yml').problems).toEqual([])
    expect(referenceSpec()).toMatchObject({
      name: 'bike-fleet-cluster',
      network: { vip: '10.0.0.100', subnet: '10.0.0.0/24' },
      postgresql: { version: 17, database: 'bike_fleet', role: 'fleet_app', durability: 'quorum' },
      failover: { ttlS: 20, loopWaitS: 2, retryTimeoutS: 3 },
      backup: {
        stanza: 'bike-fleet',
        retention: { fulls: 4, differentials: 14, walDays: 30 },
        archiveTimeoutS: 30,
      },
    })
    expect(hostsWith(referenceSpec(), 'etcd').map(({ address }) => address)).toEqual([
      '10.0.0.11',
      '10.0.0.12',
      '10.0.0.13',
    ])
  })

  test('has hosts of their own for etcd when asked', () => {
    const spec = referenceSpec('separate')
    expect(hostsWith(spec, 'etcd').map(({ name, address }) => [name, address])).toEqual([
      ['etcd-1', '10.0.0.21'],
      ['etcd-2', '10.0.0.22'],
      ['etcd-3', '10.0.0.23'],
    ])
    expect(spec.hosts).toHaveLength(9)
  })

  test('keeps what it is given, also paths with blanks and colons', () => {
    const ssh = {
      user: 'deploy',
      port: 2222,
      identityFile: '/home/a: b/#key',
      knownHostsFile: '/lab/known_hosts',
    }
    const network = {
      subnet: '192.168.7.0/24',
      interface: 'host0',
      vip: '192.168.7.9',
      clients: ['10.1.0.0/16'],
      operators: ['10.2.0.1/32'],
    }
    const hosts = referenceOptions().hosts.map((host) => ({
      ...host,
      address: host.address.replace('10.0.0', '192.168.7'),
    }))
    const spec = referenceSpec('colocated', { name: 'lab-1', ssh, network, hosts })
    expect(spec).toMatchObject({ name: 'lab-1', ssh, network: { ...network, virtualRouterId: 51 } })
  })
})

test('a file with the fewest fields has the defaults of the reference', () => {
  const { hosts, network } = referenceOptions()
  const least = parseValid(
    [
      `network: { subnet: ${network.subnet}, interface: eth0, vip: ${network.vip} }`,
      'hosts:',
      ...hosts.map(
        (host) =>
          `  ${host.name}: { address: ${host.address}, roles: [${host.roles.join(', ')}], memory: ${host.memory}, cores: ${host.cores} }`,
      ),
    ].join('\n'),
  )
  expect(least).toEqual(referenceSpec())
})

test('all problems come at once, in the order of the file', () => {
  const text = reference
    .replace('name: bike-fleet-cluster', 'nmae: bike-fleet-cluster')
    .replace('vip: 10.0.0.100', 'vip: 10.0.0.11')
    .replace('address: 10.0.0.12', 'address: 10.0.1.12')
    .replace('durability: quorum', 'durability: async')
    .replace('full: Sun 01:00', 'full: 01:00')
    .replace('fulls: 4', 'fulls: 0')
  const { spec, problems } = parseClusterYml(text, 'site/cluster.yml')
  expect(spec).toBeNull()
  expect(problems.map(({ file, line, field }) => `${file}:${line} ${field}`)).toEqual(
    [
      ['nmae:', 'nmae'],
      ['vip: 10', 'network.vip'],
      ['pg-node-2', 'hosts.pg-node-2.address'],
      ['durability: async', 'postgresql.durability'],
      ['schedule:', 'backup.schedule.differential'],
      ['fulls: 0', 'backup.retention.fulls'],
    ].map(([part, field]) => `site/cluster.yml:${lineOf(text, part!)} ${field}`),
  )
})

describe('YAML itself', () => {
  test('a field that is given twice is named with both lines', () => {
    const { text, problems } = problemsWith('  vip: 10.0.0.100', '  vip: 10.0.0.99\n  vip: 10.0.0.100')
    expect(problems).toMatchObject([
      {
        line: lineOf(text, 'vip: 10.0.0.100'),
        field: 'network.vip',
        message: `vip is here twice, first on line ${lineOf(text, 'vip: 10.0.0.99')}.`,
      },
    ])
  })

  test('a host that is given twice is an error, and not one host', () => {
    expect(problemsWith('pg-node-2:', 'pg-node-1:').problems).toContainEqual(
      expect.objectContaining({
        field: 'hosts.pg-node-1',
        message: expect.stringContaining('twice') as string,
      }),
    )
  })

  test('several syntax errors come together, and nothing is guessed from the rest', () => {
    const text = 'name: a\n\ttabbed: 1\nhosts: }\nnetwork: "open\n'
    const { spec, problems } = parseClusterYml(text, 'cluster.yml')
    expect(spec).toBeNull()
    expect(problems.length).toBeGreaterThan(1)
    for (const { why } of problems) expect(why).toContain('cannot be read as YAML')
  })

  test.each([
    ['', 'The file is empty.'],
    ['# nothing\n', 'The file is empty.'],
    ['just text', 'The file holds no fields.'],
    ['- a\n- b', 'The file holds no fields.'],
  ])('%j: %s', (text, message) =>
    expect(parseClusterYml(text, 'cluster.yml')).toMatchObject({
      spec: null,
      problems: [{ line: 1, message }],
    }),
  )

  test('a value that YAML reads as something else is named with the quotes it needs', () =>
    expect(problemsWith('database: bike_fleet', 'database: 2026').problems).toMatchObject([
      { field: 'postgresql.database', fix: 'Put it in quotes: "2026".' },
    ]))

  test('anchors and aliases mean what they stand for', () => {
    const text = reference
      .replace('clients: [10.0.0.0/24]', 'clients: &office [10.0.0.0/24]')
      .replace('operators: [10.0.0.0/24]', 'operators: *office')
    expect(parseValid(text)).toEqual(referenceSpec())
  })
})

test.each([
  ['\nhosts:', '\nhost:', 'host', 'Did you mean hosts?'],
  ['network:', 'vip: 10.0.0.100\nnetwork:', 'vip', 'Did you mean network.vip? Move it there.'],
  [
    '  interface: eth0',
    '  interface: eth0\n  nic: eth0',
    'network.nic',
    /^Remove it. Fields here: subnet, interface/,
  ],
  ['time_zone:', 'timeZone:', 'timeZone', 'Did you mean time_zone?'],
])('an unknown field: %s -> %s', (from, to, field, fix) =>
  expect(problemsWith(from, to).problems).toContainEqual(
    expect.objectContaining({
      severity: 'error',
      field,
      fix: typeof fix === 'string' ? fix : (expect.stringMatching(fix) as string),
    }),
  ),
)

describe('warnings let the file pass', () => {
  test.each([
    ['clients: [10.0.0.0/24]', 'clients: [0.0.0.0/0]', 'network.clients', /every address there is/],
    ['operators: [10.0.0.0/24]', 'operators: [0.0.0.0/0]', 'network.operators', /every address there is/],
    ['durability: quorum', 'durability: sync', 'postgresql.durability', /wait for one named standby/],
    ['durability: quorum', 'accept_data_loss: true', 'postgresql.accept_data_loss', /loses nothing/],
    [
      'wal: 30 days',
      'wal: 365 days',
      'backup.retention.wal',
      /keeps up to 54 full backups, and fulls says 4/,
    ],
    ['full: Sun 01:00', 'full: "*-01,07-01 00:30"', 'backup.schedule.full', /Up to 184 days/],
    ['memory: 8 GB', 'memory: 2 GB', 'hosts.pg-node-2.memory', /pg-node-2 has 8192 MB, pg-node-1 2048 MB/],
  ])('%s -> %s', (from, to, field, says) => {
    const { text, problems } = problemsWith(from, to)
    expect(problems).toContainEqual(
      expect.objectContaining({
        severity: 'warning',
        field,
        message: expect.stringMatching(says) as string,
      }),
    )
    expect(parseClusterYml(text, 'cluster.yml').spec).not.toBeNull()
  })

  test('a slow failover', () => {
    const { text, problems } = problemsAfter(
      'failover:\n  loop_wait: 10s\n  ttl: 30s\n  retry_timeout: 10s\n',
    )
    expect(problems).toMatchObject([
      { severity: 'warning', line: lineOf(text, 'ttl: 30s'), message: 'A failover takes up to about 45s.' },
    ])
  })
})

test('async is taken with the word that says what it costs', () => {
  const text = reference.replace('durability: quorum', 'durability: async\n  accept_data_loss: true')
  expect(parseValid(text).postgresql.durability).toBe('async')
})

test("the settings' values are PostgreSQL's", () => {
  const text = reference.replace(
    '# settings: { work_mem: 32MB }',
    'settings: { work_mem: 16MB, jit: false, track_io_timing: on, random_page_cost: 1.10 }',
  )
  expect(parseValid(text).postgresql.settings).toEqual({
    work_mem: '16MB',
    jit: 'off',
    track_io_timing: 'on',
    random_page_cost: '1.10',
  })
})

test('settings that do not fit the memory are named with the sum', () => {
  const { text, problems } = problemsWith('# settings: { work_mem: 32MB }', 'settings: { work_mem: 32MB }')
  expect(problems).toHaveLength(3)
  expect(problems[0]).toMatchObject({
    line: lineOf(text, 'settings: {'),
    field: 'postgresql.settings.work_mem',
    message: expect.stringMatching(
      /^pg-node-1 has 8192 MB, and could need \d+ MB: 2253 for shared_buffers/,
    ) as string,
    fix: "Lower work_mem, or remove it and let the machine's memory decide.",
  })
})

test('the limit on WAL for absent standbys may not be lifted', () =>
  expect(
    problemsWith('# settings: { work_mem: 32MB }', 'settings: { max_slot_wal_keep_size: -1 }').problems,
  ).toMatchObject([
    {
      field: 'postgresql.settings.max_slot_wal_keep_size',
      message: 'max_slot_wal_keep_size is -1: without a limit.',
    },
  ]))

test.each([
  ['~/.ssh/fleet', join(homedir(), '.ssh/fleet')],
  ['keys/fleet', '/srv/site/keys/fleet'],
  ['/root/key', '/root/key'],
])('the key for ssh %s is %s', (written, absolute) => {
  const text = reference.replace('  user: root', `  user: root\n  identity_file: ${written}`)
  expect(parseClusterYml(text, '/srv/site/cluster.yml').spec?.ssh.identityFile).toBe(absolute)
})

test.each([
  [
    '{ type: nfs, server: nas, export: /srv/backup }',
    { type: 'nfs', server: 'nas', export: '/srv/backup', path: '/var/lib/pgbackrest' },
  ],
  [
    '{ type: s3, bucket: fleet, endpoint: "https://s3.example.nl:9000/", region: nl }',
    { type: 's3', bucket: 'fleet', endpoint: 's3.example.nl:9000', region: 'nl', uriStyle: 'host' },
  ],
])('repository %s', (written, repository) => {
  const text = reference.replace('{ type: path, path: /var/lib/pgbackrest }', written)
  expect(parseValid(text).backup.repository).toMatchObject(repository)
})

test.each([
  ['roles: [postgresql, etcd]', 'roles: []', 'pg-node-1', /has no role/],
  ['haproxy-1:', 'localhost:', 'localhost', /called localhost/],
  ['10.0.0.31', '10.0.0.255', 'backup-1', /broadcast address/],
  ['10.0.0.31', '10.0.0.0', 'backup-1', /network address/],
])('a host: %s -> %s', (from, to, host, says) => {
  const { text, problems } = problemsWith(from, to)
  expect(problems).toContainEqual(
    expect.objectContaining({
      line: lineOf(text, `${host}:`),
      field: expect.stringContaining(`hosts.${host}`) as string,
      message: expect.stringMatching(says) as string,
    }),
  )
})

test.each([1, 2, 4, 6, 7])('%i etcd members are refused', (members) => {
  const spare = [1, 2, 3, 4].map((n) => ({
    name: `etcd-${n}`,
    address: `10.0.0.${20 + n}`,
    roles: ['etcd'],
    memory: '1 GB',
    cores: 1,
  }))
  const hosts = referenceOptions().hosts.map((host, index) =>
    index < Math.min(3, members) ? host : { ...host, roles: host.roles.filter((role) => role !== 'etcd') },
  )
  const text = renderClusterYml({
    ...referenceOptions(),
    hosts: [...hosts, ...spare.slice(0, Math.max(0, members - 3))],
  })
  expect(parseClusterYml(text, 'cluster.yml').problems).toMatchObject([
    {
      field: 'hosts',
      line: lineOf(text, '\nhosts:') + 1,
      message: expect.stringContaining('3 or 5 must') as string,
    },
  ])
})

test('what follows from a wrong value is not reported as well', () => {
  const { problems } = problemsWith('subnet: 10.0.0.0/24', 'subnet: 10.0.0.0/40')
  expect(problems).toMatchObject([{ field: 'network.subnet', message: '"10.0.0.0/40" is no IPv4 network.' }])
})
