import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runModule } from '../../testing/ansible-module.ts'

let folder: string
const noteOf = (unit: string) => join(folder, 'state/pending', unit)

/** A systemctl with one file of properties a unit, which does as told; start fails where `broken` is. */
const systemctl = `#!/bin/bash
cd "$(dirname "$0")/../units"
verb=$1
unit=\${@: -1}
echo "$verb $unit" >> ../calls
set_property() { sed -i "s/^$1=.*/$1=$2/" "$unit"; }
case $verb in
  show) cat "$unit" ;;
  start) [ ! -e "$unit.broken" ] || exit 1; set_property ActiveState active ;;
  stop) set_property ActiveState inactive ;;
  enable) set_property UnitFileState enabled ;;
  disable) set_property UnitFileState disabled ;;
esac
`

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-units-'))
  for (const name of ['bin', 'units', 'state/pending']) mkdirSync(join(folder, name), { recursive: true })
  for (const [name, text] of [
    ['systemctl', systemctl],
    ['journalctl', '#!/bin/sh\necho "cannot bind to port"\n'],
  ] as const) {
    writeFileSync(join(folder, 'bin', name), text)
    chmodSync(join(folder, 'bin', name), 0o755)
  }
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const unit = (name: string, active: string, enabled: string, more = '') =>
  writeFileSync(
    join(folder, 'units', name),
    `LoadState=loaded\nActiveState=${active}\nUnitFileState=${enabled}\n${more}`,
  )
const settle = (units: readonly object[]) =>
  runModule(
    'settle_units',
    { units, state_directory: join(folder, 'state') },
    { programs: join(folder, 'bin') },
  )
const calls = () =>
  existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n') : []

test('a unit that is off is enabled and started, and then left alone', async () => {
  unit('a.service', 'inactive', 'disabled')
  expect((await settle([{ name: 'a.service' }])).report.actions).toEqual([
    'enabled a.service',
    'started a.service',
  ])
  expect(await settle([{ name: 'a.service' }])).toMatchObject({ outcome: 'ok', report: { actions: [] } })
})

test('what was noted is done once, after which it is forgotten', async () => {
  unit('a.service', 'active', 'enabled')
  unit('b.service', 'active', 'enabled')
  writeFileSync(noteOf('a.service'), 'restart\n')
  writeFileSync(noteOf('b.service'), 'reload\n')
  const units = [{ name: 'a.service' }, { name: 'b.service' }]
  expect((await settle(units)).report.actions).toEqual(['restarted a.service', 'reloaded b.service'])
  expect([existsSync(noteOf('a.service')), existsSync(noteOf('b.service'))]).toEqual([false, false])
  expect((await settle(units)).report.actions).toEqual([])
})

test('a restart that is somebody else’s stays noted; a start makes it good', async () => {
  unit('a.service', 'active', 'enabled')
  writeFileSync(noteOf('a.service'), 'restart\n')
  expect((await settle([{ name: 'a.service', restart: false }])).report.actions).toEqual([])
  expect(existsSync(noteOf('a.service'))).toBe(true)
  unit('a.service', 'inactive', 'enabled')
  expect((await settle([{ name: 'a.service', restart: false }])).report.actions).toEqual([
    'started a.service',
  ])
  expect(existsSync(noteOf('a.service'))).toBe(false)
})

test('a note stays until the unit is ready', async () => {
  unit('a.service', 'active', 'enabled')
  writeFileSync(noteOf('a.service'), 'reload\n')
  const ready = ['test', '-e', join(folder, 'ready')]
  const failed = await settle([{ name: 'a.service', ready, ready_timeout_s: 0 }])
  expect(failed).toMatchObject({
    outcome: 'failed',
    message: expect.stringMatching(/a\.service runs but did not become ready.*cannot bind to port/),
  })
  expect(existsSync(noteOf('a.service'))).toBe(true)
  writeFileSync(join(folder, 'ready'), '')
  expect(await settle([{ name: 'a.service', ready }])).toMatchObject({ outcome: 'changed' })
  expect(existsSync(noteOf('a.service'))).toBe(false)
})

test('a start that fails gives the unit’s last words, and the units after it are not touched', async () => {
  unit('a.service', 'failed', 'enabled')
  unit('b.service', 'inactive', 'enabled')
  writeFileSync(join(folder, 'units/a.service.broken'), '')
  const failed = await settle([{ name: 'a.service' }, { name: 'b.service' }])
  expect(failed).toMatchObject({
    outcome: 'failed',
    message: expect.stringMatching(/systemctl start a\.service.*cannot bind to port/),
  })
  expect(calls()).not.toContain('start b.service')
})

test('a unit that systemd passes over on this machine is in order where that is said', async () => {
  const passedOver = 'ConditionResult=no\nConditionTimestampMonotonic=123\n'
  unit('chrony.service', 'inactive', 'enabled', passedOver)
  const settled = await settle([{ name: 'chrony.service', conditional: true }])
  expect(settled).toMatchObject({ outcome: 'ok', report: { actions: [] } })
})

test('a unit is stopped and kept from starting, and one that is unknown is none', async () => {
  unit('a.service', 'active', 'enabled')
  writeFileSync(
    join(folder, 'units/b.service'),
    'LoadState=not-found\nActiveState=inactive\nUnitFileState=\n',
  )
  const units = ['a.service', 'b.service'].map((name) => ({ name, state: 'stopped' }))
  expect((await settle(units)).report.actions).toEqual(['stopped a.service', 'disabled a.service'])
  expect(await settle([{ name: 'b.service' }])).toMatchObject({
    outcome: 'failed',
    message: 'b.service is not known to systemd on this host.',
  })
})
