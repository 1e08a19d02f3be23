import { expect, test } from 'vitest'
import { referenceSpec } from '../../testing/reference-spec.ts'
import type { ClusterSpec } from './cluster-spec.ts'
import { referenceOptions } from './cluster-yml-template.ts'
import { settingFault } from './postgresql-settings.ts'
import { dcsParameters, memoryNeed, postgresSettings } from './sizing.ts'

const withNodes = (memory: readonly string[], cores = 4): ClusterSpec =>
  referenceSpec('colocated', {
    hosts: referenceOptions().hosts.map((host, index) =>
      host.roles.includes('postgresql') ? { ...host, memory: memory[index] ?? memory[0]!, cores } : host,
    ),
  })
const withSettings = (spec: ClusterSpec, settings: Record<string, string>): ClusterSpec => ({
  ...spec,
  postgresql: { ...spec.postgresql, settings },
})

test('a machine of 8 GB and 4 cores', () => {
  const spec = withNodes(['8 GB'])
  expect(postgresSettings(spec, spec.hosts[0]!)).toMatchObject({
    shared_buffers: '2048MB',
    work_mem: '8MB',
    maintenance_work_mem: '512MB',
    effective_cache_size: '5693MB',
    max_connections: '200',
    max_worker_processes: '8',
    max_parallel_workers: '4',
    max_parallel_workers_per_gather: '2',
    max_wal_size: '8192MB',
    max_slot_wal_keep_size: '8192MB',
    huge_pages: 'try',
    random_page_cost: '1.1',
  })
  expect(spec.haproxy.maxConnections).toBe(190)
})

test('a machine of a lab with 512 MB', () => {
  const spec = withNodes(['512 MB'], 1)
  expect(postgresSettings(spec, spec.hosts[0]!)).toMatchObject({
    shared_buffers: '64MB',
    work_mem: '1MB',
    max_connections: '50',
    max_wal_size: '512MB',
    max_parallel_workers_per_gather: '1',
  })
})

test.each(['512 MB', '600 MB', '1023 MB', '1 GB', '2 GB', '16 GB', '64 GB', '1 TB'])(
  'PostgreSQL takes every value for %s, and they fit the machine',
  (memory) => {
    const spec = withNodes([memory], 16)
    const host = spec.hosts[0]!
    const settings = postgresSettings(spec, host)
    for (const [name, text] of Object.entries(settings))
      expect([name, settingFault(name, text)]).toEqual([name, null])
    expect(memoryNeed(host, settings).totalMb).toBeLessThanOrEqual(host.memoryMb)
  },
)

test('what must be equal on all nodes follows from the smallest, the rest from each', () => {
  const spec = withNodes(['8 GB', '4 GB', '16 GB'])
  const [first, second, third] = spec.hosts.slice(0, 3).map((host) => dcsParameters(spec, host))
  expect(first!.shared).toEqual(second!.shared)
  expect(first!.shared).toEqual(third!.shared)
  expect(first!.shared).toMatchObject({ max_connections: '100', wal_level: 'replica', max_wal_senders: '10' })
  expect([first, second, third].map((node) => node!.local['shared_buffers'])).toEqual([
    '2048MB',
    '1024MB',
    '4096MB',
  ])
  for (const { shared, local } of [first!, second!, third!])
    expect(Object.keys(local).filter((name) => name in shared)).toEqual([])
})

test("the operator's settings win, each in its place", () => {
  const spec = withSettings(withNodes(['8 GB']), { max_connections: '60', work_mem: '20MB', jit: 'off' })
  const { shared, local } = dcsParameters(spec, spec.hosts[0]!)
  expect(shared).toMatchObject({ max_connections: '60' })
  expect(local).toMatchObject({ work_mem: '20MB', jit: 'off' })
  expect(local).not.toHaveProperty('max_connections')
})

test('work_mem follows from the other settings that were overridden', () => {
  const spec = withNodes(['8 GB'])
  const [host] = spec.hosts
  const workMem = (settings: Record<string, string>) =>
    Number.parseInt(postgresSettings(withSettings(spec, settings), host!)['work_mem'] ?? '', 10)
  expect(workMem({ max_connections: '50' })).toBeGreaterThan(workMem({}))
  expect(workMem({ shared_buffers: '4GB' })).toBeLessThan(workMem({}))
})
