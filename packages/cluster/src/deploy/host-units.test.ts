import { expect, test } from 'vitest'
import { referenceSpec } from '../../testing/reference-spec.ts'
import type { RenderedFile } from '../render/rendered-file.ts'
import { allUnits, unitsOf } from './host-units.ts'

const spec = referenceSpec()
const hostOf = (name: string) => spec.hosts.find((host) => host.name === name)!
const file = (path: string, change: Partial<RenderedFile> = {}): RenderedFile => ({
  path,
  content: '',
  mode: '0644',
  owner: 'root',
  group: 'root',
  secret: false,
  onChange: { do: 'nothing' },
  ...change,
})
const names = (units: readonly { readonly name: string }[]) => units.map(({ name }) => name)

test('a database host runs what its roles ask for', () => {
  const units = unitsOf(hostOf('pg-node-1'), [])
  expect(names(units.base)).toEqual(['chrony.service', 'nftables.service', 'pgbackrest.service'])
  expect(names(units.etcd)).toEqual(['etcd.service'])
  expect(names(units.patroni)).toEqual(['patroni.service'])
  expect(units.proxy).toEqual([])
})

test('of our own units those that want to be started at boot are started, a mount before what uses it', () => {
  const install = { content: '[Unit]\n\n[Install]\nWantedBy=timers.target\n' }
  const units = unitsOf(hostOf('backup-1'), [
    file('/etc/systemd/system/fleet-backup-full.timer', install),
    file('/etc/systemd/system/fleet-backup-full.service', { content: '[Service]\n' }),
    file('/etc/systemd/system/srv-backup.mount', install),
    file('/etc/systemd/system/pgbackrest.service.d/fleet.conf', install),
  ])
  expect(names(units.base)).toEqual([
    'chrony.service',
    'nftables.service',
    'srv-backup.mount',
    'pgbackrest.service',
  ])
  expect(names(units.upkeep)).toEqual(['fleet-backup-full.timer'])
})

test('every unit that a changed file names is somebody’s to restart', () => {
  const onChange = (unit: string) => ({ onChange: { do: 'restart', unit } as const })
  const units = unitsOf(hostOf('haproxy-1'), [
    file('/etc/sysctl.d/90.conf', onChange('systemd-sysctl')),
    file('/etc/haproxy/haproxy.cfg', onChange('haproxy')),
  ])
  expect(names(allUnits(units)).toSorted()).toEqual([
    'chrony.service',
    'haproxy.service',
    'keepalived.service',
    'nftables.service',
    'systemd-sysctl.service',
  ])
})
