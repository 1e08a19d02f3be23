import fc from 'fast-check'
import { stringify } from 'yaml'
import { formatAddress } from '../src/spec/ipv4.ts'

const letters = 'abcdefghijklmnopqrstuvwxyz'.split('')
const digits = '0123456789'.split('')
const word = (most: number) =>
  fc
    .tuple(
      fc.constantFrom(...letters),
      fc.string({ unit: fc.constantFrom(...letters, ...digits), maxLength: most - 2 }),
    )
    .map(([first, rest]) => first + rest)

/** A part of the file that may be left out, whole or field by field. */
const sparse = <T extends Record<string, fc.Arbitrary<unknown>>>(fields: T) =>
  fc.record(fields, { requiredKeys: [] })

/** Days that a full and a differential backup never share. */
const days = fc.constantFrom(
  { full: 'Sun', differential: 'Mon..Sat' },
  { full: 'Sat *-*-*', differential: 'Mon..Fri,Sun' },
  { full: '*-*-01,15', differential: '*-*-02..14,16..28' },
  { full: 'Mon *-*~07/1', differential: 'Tue,Thu,Fri *-*-*' },
)
const schedule = fc
  .tuple(
    days,
    fc.integer({ min: 0, max: 11 }),
    fc.integer({ min: 12, max: 23 }),
    fc.integer({ min: 0, max: 59 }),
  )
  .map(([{ full, differential }, morning, evening, minute]) => ({
    full: `${full} ${morning}:${String(minute).padStart(2, '0')}`,
    differential: `${differential} ${morning}:${String(minute).padStart(2, '0')}:00`,
    verify: `${evening}:00`,
  }))

const repository = fc.oneof(
  sparse({ path: fc.constantFrom('/var/lib/pgbackrest', '/srv/backup', '/mnt/disk-2/backup') }).map(
    (fields) => ({
      type: 'path',
      ...fields,
    }),
  ),
  fc.record(
    {
      type: fc.constant('nfs'),
      server: fc.constantFrom('10.0.0.41', 'nas.example.nl'),
      export: fc.constantFrom('/srv/backup', '/volume1/fleet'),
      path: fc.constant('/var/lib/pgbackrest'),
      options: fc.constant('nfsvers=4.1,hard'),
    },
    { requiredKeys: ['type', 'server', 'export'] },
  ),
  fc.record(
    {
      type: fc.constant('s3'),
      bucket: word(20),
      endpoint: fc.constantFrom(
        's3.eu-central-1.amazonaws.com',
        'https://minio.example.nl:9000',
        '10.0.0.42:9000',
      ),
      region: fc.constant('eu-central-1'),
      path: fc.constantFrom('/bike-fleet', '/a/b'),
      uri_style: fc.constantFrom('host', 'path'),
    },
    { requiredKeys: ['type', 'bucket', 'endpoint', 'region'] },
  ),
)

const failover = fc
  .tuple(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 3, max: 20 }), fc.integer({ min: 0, max: 30 }))
  .chain(([loopWait, retryTimeout, slack]) =>
    sparse({
      maximum_lag: fc.constantFrom('1 MB', '16MB'),
      watchdog: fc.constantFrom('off', 'automatic', 'required'),
    }).map((fields) => ({
      ttl: `${Math.max(20, loopWait + 2 * retryTimeout) + slack}s`,
      loop_wait: `${loopWait} s`,
      retry_timeout: `${retryTimeout}s`,
      ...fields,
    })),
  )

const postgresql = sparse({
  version: fc.constant(17),
  database: word(20).map((name) => `db_${name}`),
  role: word(20).map((name) => `app_${name}`),
  monitor_role: word(20).map((name) => `monitor_${name}`),
  durability: fc.constantFrom('quorum', 'sync'),
  data_directory: fc.constantFrom('/var/lib/postgresql/17/fleet', '/srv/pg/data'),
  settings: sparse({
    work_mem: fc.constantFrom('64kB', '256kB', 512),
    jit: fc.constantFrom('off', true),
    random_page_cost: fc.constantFrom(2, 1.5),
    log_min_duration_statement: fc.constantFrom('250ms', '1s', -1),
    'auto_explain.log_min_duration': fc.constant('5s'),
    max_connections: fc.constantFrom(40, 45),
    statement_timeout: fc.constant('5min'),
  }),
})

interface Row {
  readonly name: string
  readonly roles: readonly string[]
}

/** Which hosts there are: three to five nodes, etcd on them, apart or mixed, two or three HAProxy. */
const layout = fc
  .record({
    nodes: fc.integer({ min: 3, max: 5 }),
    members: fc.constantFrom(3, 5),
    colocated: fc.integer({ min: 0, max: 5 }),
    proxies: fc.integer({ min: 2, max: 3 }),
  })
  .map(({ nodes, members, colocated, proxies }): readonly Row[] => {
    const shared = Math.min(colocated, nodes, members)
    const rows = (count: number, roles: (index: number) => readonly string[]) =>
      Array.from({ length: count }, (_, index) => ({ name: '', roles: roles(index) }))
    return [
      ...rows(nodes, (index) => (index < shared ? ['postgresql', 'etcd'] : ['postgresql'])),
      ...rows(members - shared, () => ['etcd']),
      ...rows(proxies, () => ['haproxy']),
      ...rows(1, () => ['backup']),
    ]
  })

const hosts = layout.chain((rows) =>
  fc
    .record({
      names: fc.uniqueArray(
        fc.tuple(word(12), word(8)).map(([a, b]) => `${a}-${b}`),
        { minLength: rows.length, maxLength: rows.length },
      ),
      order: fc.shuffledSubarray(
        rows.map((_, index) => index),
        { minLength: rows.length },
      ),
      // Places in the smallest subnet, and which of them is the virtual IP's.
      places: fc.shuffledSubarray(
        Array.from({ length: 30 }, (_, index) => index + 1),
        { minLength: rows.length + 1, maxLength: rows.length + 1 },
      ),
      memory: fc.array(fc.constantFrom('512 MB', '1 GB', '1536MB', '2 GiB', '8GB', '65536 MB', '1 TB'), {
        minLength: rows.length,
        maxLength: rows.length,
      }),
      cores: fc.array(fc.integer({ min: 1, max: 64 }), { minLength: rows.length, maxLength: rows.length }),
    })
    .map((drawn) => ({ rows, ...drawn })),
)

const subnet = fc
  .tuple(
    fc
      .constantFrom('10.0.0.0', '192.168.64.0', '172.16.128.0', '100.64.0.0')
      .map((text) => text.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)),
    fc.integer({ min: 18, max: 27 }),
  )
  .map(([first, prefix]) => ({ first, text: `${formatAddress(first)}/${prefix}` }))

/** Valid cluster.yml files of any shape: every field with and without its default. */
export const arbitraryClusterYml: fc.Arbitrary<string> = fc
  .record({
    head: sparse({
      name: word(20).map((name) => `${name}-cluster`),
      time_zone: fc.constantFrom('Europe/Amsterdam', 'UTC', 'Etc/UTC', 'America/New_York'),
    }),
    subnet,
    hosts,
    network: sparse({
      virtual_router_id: fc.integer({ min: 1, max: 255 }),
      clients: fc.constantFrom(['10.0.0.0/8'], ['10.1.0.0/16', '10.2.3.4'], ['0.0.0.0/0']),
      operators: fc.constantFrom(['10.9.0.0/24'], ['192.168.0.1/32']),
    }),
    interface: fc.constantFrom('eth0', 'host0', 'enp1s0f0', 'bond0.12'),
    rest: sparse({
      ssh: sparse({ user: fc.constantFrom('root', 'deploy'), port: fc.integer({ min: 1, max: 65_535 }) }),
      postgresql,
      failover,
      haproxy: sparse({
        max_connections: fc.integer({ min: 10, max: 30 }),
        check_interval: fc.constantFrom('500ms', '1s', '2000ms'),
        fast_interval: fc.constantFrom('250ms', '500ms'),
        fall: fc.integer({ min: 1, max: 10 }),
        rise: fc.integer({ min: 1, max: 10 }),
      }),
      backup: sparse({
        stanza: word(20),
        repository,
        encryption: fc.boolean(),
        schedule,
        retention: sparse({
          fulls: fc.integer({ min: 2, max: 60 }),
          differentials: fc.integer({ min: 1, max: 100 }),
          wal: fc.integer({ min: 1, max: 400 }).map((days) => `${days} days`),
        }),
        archive_timeout: fc.integer({ min: 1, max: 50 }).map((seconds) => `${seconds}s`),
        archive_queue_max: fc.constantFrom('128 MB', '2 GB', '1 TB'),
        processes: fc.integer({ min: 1, max: 16 }),
      }),
    }),
    isFlow: fc.boolean(),
  })
  .map(({ head, subnet, hosts, network, interface: link, rest, isFlow }) => {
    const at = (place: number) => formatAddress(subnet.first + (hosts.places[place] ?? 0))
    const described = hosts.order.map((index) => [
      hosts.names[index],
      {
        address: at(index),
        roles: hosts.rows[index]?.roles,
        memory: hosts.memory[index],
        cores: hosts.cores[index],
      },
    ])
    return stringify(
      {
        ...head,
        network: { subnet: subnet.text, interface: link, vip: at(hosts.rows.length), ...network },
        hosts: Object.fromEntries(described) as unknown,
        ...rest,
      },
      { lineWidth: 0, collectionStyle: isFlow ? 'flow' : 'block' },
    )
  })
