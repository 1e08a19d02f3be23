import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createLab, removeLab } from './create-lab.ts'
import { cut, cutsOf, freeze, heal, killProcesses, powerOff, powerOn } from './faults.ts'
import { type LabHome, openLabHome } from './lab-home.ts'
import { readLab } from './lab-status.ts'
import { findMachine, type Lab } from './lab-state.ts'
import { execOnMachine } from './machine.ts'
import { quietSteps } from './steps.ts'
import { until } from './until.ts'
import { openDatagrams, watchConnection } from '../testing/clients.ts'

vi.setConfig({ testTimeout: 60_000 })

const never = new AbortController().signal
const names = [`ta-${process.pid}`, `tb-${process.pid}`] as const
const folder = mkdtempSync(join(tmpdir(), 'fleet-labs-'))
const home: LabHome = { ...openLabHome(process.env), labsDirectory: folder }
let lab: Lab
let other: Lab

const create = (name: string) =>
  createLab(home, { name, topology: 'small', nowMs: Date.now(), steps: quietSteps, signal: never })
const machine = (name: string) => findMachine(lab, name)
const say = async (from: Lab, node: string, ...words: string[]) => {
  const { exitCode, stdout, stderr } = await execOnMachine(from, findMachine(from, node), words)
  expect(stderr).toBe('')
  expect(exitCode).toBe(0)
  return stdout.trim()
}

// The image is built by whoever needs it first.
beforeAll(async () => {
  ;[lab, other] = [await create(names[0]), await create(names[1])]
}, 600_000)

afterAll(async () => {
  for (const name of names) await removeLab(home, name)
  rmSync(folder, { recursive: true })
}, 60_000)

test('every machine runs without a failed unit, has its name and knows the others', async () => {
  for (const { name } of lab.state.machines) {
    expect(await say(lab, name, 'systemctl', 'is-system-running')).toBe('running')
    expect(await say(lab, name, 'hostname')).toBe(name)
    await say(lab, name, 'ping', '-c1', '-W2', 'haproxy-2')
  }
})

test('nothing of the cluster runs before it is deployed', async () => {
  for (const unit of ['etcd', 'haproxy', 'keepalived', 'patroni', 'postgresql']) {
    const { stdout } = await execOnMachine(lab, machine('pg-node-1'), ['systemctl', 'is-enabled', unit])
    expect(`${unit} ${stdout.trim()}`).toBe(`${unit} disabled`)
  }
  expect(await say(lab, 'pg-node-1', 'pg_lsclusters', '--no-header')).toBe('')
})

test('a command on a machine has its exit code, its input and no right over this machine’s clock', async () => {
  const { exitCode } = await execOnMachine(lab, machine('pg-node-1'), ['sh', '-c', 'exit 7'])
  expect(exitCode).toBe(7)
  const echoed = await execOnMachine(lab, machine('pg-node-1'), ['cat'], { input: 'a secret' })
  expect(echoed.stdout).toBe('a secret')
  const clock = await execOnMachine(lab, machine('pg-node-1'), ['date', '-s', '2020-01-01'])
  expect(clock.exitCode).not.toBe(0)
})

test('two labs have the same addresses and do not see each other', async () => {
  await say(lab, 'pg-node-1', 'sh', '-c', 'echo first > /root/which')
  expect(await say(other, 'pg-node-2', 'sh', '-c', 'ping -c1 -W2 10.0.0.11 >/dev/null; echo $?')).toBe('0')
  // What answers at 10.0.0.11 in the other lab is the other lab's.
  const { exitCode } = await execOnMachine(other, findMachine(other, 'pg-node-1'), [
    'test',
    '-e',
    '/root/which',
  ])
  expect(exitCode).toBe(1)
  const idOf = (from: Lab) => say(from, 'pg-node-1', 'cat', '/etc/machine-id')
  expect(await idOf(lab)).not.toBe(await idOf(other))
  await powerOff(other, findMachine(other, 'pg-node-1'), true)
  await say(lab, 'pg-node-2', 'ping', '-c1', '-W2', '10.0.0.11')
  const unheard = ['ping', '-c1', '-W1', '10.0.0.11']
  expect((await execOnMachine(other, findMachine(other, 'pg-node-2'), unheard)).exitCode).toBe(1)
})

test('a cut of one way loses what goes that way and nothing else, until it is healed', async () => {
  await using first = openDatagrams(lab, machine('pg-node-1'), 9_001)
  await using second = openDatagrams(lab, machine('pg-node-2'), 9_002)
  await first.ready
  await second.ready
  const toSecond = (text: string) => second.sendFrom(machine('pg-node-1'), text)
  const toFirst = (text: string) => first.sendFrom(machine('pg-node-2'), text)

  await toSecond('before')
  await second.heard('before')
  await cut(lab, 'pg-node-1', 'pg-node-2', true)
  expect(await cutsOf(lab)).toEqual([{ from: 'pg-node-1', to: 'pg-node-2' }])
  await toSecond('during')
  await toFirst('during')
  await first.heard('during')
  expect(await heal(lab)).toEqual([{ from: 'pg-node-1', to: 'pg-node-2' }])
  await toSecond('after')
  await second.heard('after')
  // Datagrams of one sender do not overtake each other on one bridge.
  expect(second.all()).toEqual(['before', 'after'])
  expect(await cutsOf(lab)).toEqual([])
})

test('a cut of both ways between a machine and the clients leaves open connections in silence', async () => {
  await using connection = watchConnection(lab, machine('haproxy-1').address, 22)
  await connection.greeted()
  await using witness = watchConnection(lab, machine('haproxy-2').address, 22)
  await witness.greeted()
  await cut(lab, 'haproxy-1', 'client', false)
  connection.send('nobody hears this\n')
  witness.send('not the protocol of ssh\n')
  // sshd ends the one that it hears.
  await witness.ended()
  expect(connection.events()).toEqual([])
  await heal(lab)
  await connection.ended()
})

test('a silent power-off tells nobody, a plain one closes connections; the disk is the same after it', async () => {
  await say(lab, 'pg-node-1', 'sh', '-c', 'echo kept > /var/lib/kept; sync')
  await using silent = watchConnection(lab, machine('pg-node-1').address, 22)
  await using told = watchConnection(lab, machine('pg-node-2').address, 22)
  await silent.greeted()
  await told.greeted()
  expect(await powerOff(lab, machine('pg-node-1'), true)).toBe(true)
  silent.send('nobody hears this\n')
  expect(await powerOff(lab, machine('pg-node-2'), false)).toBe(true)
  await told.ended()
  expect(silent.events()).toEqual([])

  const status = await readLab(home, lab.places.name)
  const off = status?.machines.filter(({ power }) => power === 'off').map(({ name }) => name)
  expect(off).toEqual(['pg-node-1', 'pg-node-2'])
  expect(await powerOff(lab, machine('pg-node-1'), true)).toBe(false)
  for (const name of ['pg-node-1', 'pg-node-2']) expect(await powerOn(lab, machine(name), never)).toBe(true)
  expect(await say(lab, 'pg-node-1', 'cat', '/var/lib/kept')).toBe('kept')
  expect(await say(lab, 'pg-node-1', 'sh', '-c', 'journalctl --list-boots --quiet | grep -c :')).toBe('2')
  await say(lab, 'pg-node-1', 'ping', '-c1', '-W2', '10.0.0.12')
  expect(await powerOn(lab, machine('pg-node-1'), never)).toBe(false)
})

test('a machine that is started again from inside comes back to the network', async () => {
  // A command that comes while the machine goes down may hang with it.
  const exec = (...words: string[]) => execOnMachine(lab, machine('backup-1'), words, { timeoutMs: 5_000 })
  const bootId = () => exec('cat', '/proc/sys/kernel/random/boot_id')
  const before = (await bootId()).stdout
  await exec('systemctl', 'reboot').catch(() => null)
  const isBack = await until(30_000, async () => {
    if (
      (await readLab(home, lab.places.name))?.machines.find(({ name }) => name === 'backup-1')?.power !== 'on'
    )
      return false
    // It may have gone off since it was looked at.
    const after = await bootId().catch(() => null)
    if (after?.exitCode !== 0 || after.stdout === before) return false
    return (await exec('ping', '-c1', '-W1', machine('haproxy-1').address)).exitCode === 0
  })
  expect(isBack).toBe(true)
})

test('a frozen machine does nothing until it is thawed', async () => {
  await freeze(lab, machine('haproxy-2'), true)
  const powerOf = async () =>
    (await readLab(home, lab.places.name))?.machines.find(({ name }) => name === 'haproxy-2')?.power
  expect(await powerOf()).toBe('frozen')
  await using connection = watchConnection(lab, machine('haproxy-2').address, 22)
  // Its kernel accepts, but no sshd greets.
  await connection.accepted()
  expect(connection.events()).toEqual([])
  await freeze(lab, machine('haproxy-2'), false)
  await connection.greeted()
  expect(await powerOf()).toBe('on')
})

test('a process is killed by its name, and only on its machine', async () => {
  const pidOf = (name: string) =>
    say(lab, name, 'systemctl', 'show', '--property=MainPID', 'systemd-networkd')
  const before = [await pidOf('pg-node-1'), await pidOf('pg-node-2')]
  expect(killProcesses(lab, machine('pg-node-1'), 'systemd-network')).toBe(1)
  const isBack = await until(10_000, async () => {
    const now = await pidOf('pg-node-1')
    return now !== before[0] && now !== 'MainPID=0'
  })
  expect(isBack).toBe(true)
  expect(await pidOf('pg-node-2')).toBe(before[1])
  expect(() => killProcesses(lab, machine('pg-node-1'), 'no-such-thing')).toThrow(
    'No process "no-such-thing" runs on pg-node-1.',
  )
})

test('a lab that is there is completed: machines that are off are started, the others stay as they are', async () => {
  await powerOff(lab, machine('haproxy-1'), false)
  const pid = await say(
    lab,
    'pg-node-3',
    'systemctl',
    'show',
    '--property=ActiveEnterTimestampMonotonic',
    'ssh',
  )
  const again = await create(names[0])
  expect(again.state.createdMs).toBe(lab.state.createdMs)
  expect(await say(lab, 'haproxy-1', 'systemctl', 'is-system-running')).toBe('running')
  expect(
    await say(lab, 'pg-node-3', 'systemctl', 'show', '--property=ActiveEnterTimestampMonotonic', 'ssh'),
  ).toBe(pid)
  await expect(
    createLab(home, { name: names[0], topology: 'full', nowMs: 0, steps: quietSteps, signal: never }),
  ).rejects.toThrow('is there already, with topology small')
})
