import { describe, expect, test } from 'vitest'
import { managedFault } from './managed-settings.ts'
import { settingFault, settingMb, settingNumber } from './postgresql-settings.ts'

test.each([
  ['work_mem', '32MB'],
  ['work_mem', '4096'],
  ['shared_buffers', '1.5GB'],
  ['jit', 'off'],
  ['random_page_cost', '1.1'],
  ['statement_timeout', '90s'],
  ['wal_compression', 'lz4'],
  ['autovacuum_vacuum_cost_delay', '2ms'],
  ['shared_preload_libraries', 'pg_stat_statements'],
  ['auto_explain.log_min_duration', 'whatever the extension takes'],
])('PostgreSQL takes %s = %s', (name, text) => expect(settingFault(name, text)).toBeNull())

test.each([
  ['work_men', '32MB', 'Did you mean work_mem?'],
  ['Work_Mem', '32MB', 'Did you mean work_mem?'],
  ['server_version', '17', 'Remove it.'],
  ['work_mem', '32 mb', 'Write it like 32MB.'],
  ['work_mem', '63kB', 'Write a value from 64 to 2147483647 times kB.'],
  ['work_mem', '5min', 'Write it like 16MB.'],
  ['max_connections', '100MB', 'Write a number from 1 to 262143.'],
  ['jit', 'maybe', 'Write on or off.'],
  ['wal_compression', 'gzip', 'Write one of pglz, lz4, zstd, on, off.'],
  ['log_line_prefix', 'a\nb', 'Write it on one line.'],
])('PostgreSQL would refuse %s = %s', (name, text, fix) => {
  const fault = settingFault(name, text)
  expect(fault).toMatchObject({ fix })
  expect(fault?.message).not.toBe('')
})

test('a number counts in its own unit, whatever unit it is written with', () => {
  expect(settingNumber('shared_buffers', '1GB')).toBe(131_072)
  expect(settingNumber('checkpoint_timeout', '10min')).toBe(600)
  expect(settingNumber('checkpoint_timeout', '10')).toBe(10)
  expect(settingNumber('shared_buffers', '8kB')).toBe(1)
  expect(settingNumber('shared_buffers', '2 8kB')).toBeNull()
  expect(settingMb('shared_buffers', '1GB')).toBe(1_024)
  expect(settingMb('work_mem', '4096')).toBe(4)
  expect(settingMb('max_connections', '100')).toBeNull()
})

describe('the cluster keeps for itself', () => {
  test.each([
    'archive_command',
    'synchronous_standby_names',
    'listen_addresses',
    'ssl_cert_file',
    'ssl',
    'wal_level',
  ])('%s', (name) => expect(managedFault(name)?.message).toBe(`${name} is set by the cluster.`))
  test.each(['hot_standby', 'TimeZone', 'FSYNC', 'recovery_target_time', 'archive_timeout'])('%s', (name) =>
    expect(managedFault(name)).not.toBeNull(),
  )
  test.each(['work_mem', 'shared_preload_libraries', 'hot_standby_feedback', 'max_connections'])(
    'not %s',
    (name) => expect(managedFault(name)).toBeNull(),
  )
})
