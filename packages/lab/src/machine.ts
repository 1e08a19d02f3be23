import { spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ClusterError, type ProgramEnd, type ProgramOptions, runProgram } from '@fleet/cluster'
import { createCgroup, labCgroup, placedIn, processesIn, removeCgroup } from './cgroup.ts'
import { machinePlaces } from './lab-home.ts'
import { inNetwork, listPorts, removePort } from './lab-network.ts'
import type { Lab, MachineState } from './lab-state.ts'
import { labNetwork } from './topology.ts'
import { until } from './until.ts'

/** A machine that runs has three cgroups: of who starts it again, of nspawn, who divides it, and of commands put into it. */
export const machineCgroup = (lab: Lab, machine: string): string => join(labCgroup(lab.places.name), machine)
/** Of who holds the machine's disk, also while it is off. */
const diskCgroup = (lab: Lab, machine: string) => join(labCgroup(lab.places.name), 'disks', machine)
const nspawnCgroup = (lab: Lab, machine: string) => join(machineCgroup(lab, machine), 'machine')
const visitorsCgroup = (lab: Lab, machine: string) => join(machineCgroup(lab, machine), 'visitors')

const bootDeadlineMs = 90_000

// nspawn's notes about its machines go into a folder that nobody else sees and that goes away with them. With --keep-unit
// it does not start a machine again that asks for that: it ends with 133 and leaves it to whoever keeps it.
const keepScript = `
mkdir -p /run/systemd/nspawn && mount -t tmpfs -o mode=0755 tmpfs /run/systemd/nspawn || exit
while "$@"; code=$?; [ $code -eq 133 ]; do :; done
exit $code
`

const diskScript = `
mount -t overlay overlay -o "$1" "$2"
echo mounted
exec sleep infinity
`
// Slave, not private: a namespace file that is unmounted elsewhere must not live on in there.
const ownMounts = ['unshare', '--mount', '--propagation=slave'] as const

export interface StartedMachine {
  /** It is off again: it did not get far. */
  hasEnded(): boolean
}

/**
 * The process in whose mount namespace the machine's overlay is mounted. It stays while the machine is off: with the last
 * mount of an overlay the kernel writes out the whole file system below, and the other machines would wait for that.
 *
 * @throws ClusterError lab_failed
 */
async function holdDisk(lab: Lab, machine: MachineState): Promise<number> {
  const cgroup = diskCgroup(lab, machine.name)
  const [holder] = processesIn(cgroup)
  if (holder !== undefined) return holder
  const at = machinePlaces(lab.places, machine.name)
  createCgroup(cgroup)
  for (const folder of [at.upper, at.work, at.root]) mkdirSync(folder, { recursive: true })
  const overlay = `lowerdir=${lab.state.imageDirectory},upperdir=${at.upper},workdir=${at.work}`
  const words = [...ownMounts, 'sh', '-eu', '-c', diskScript, machine.name, overlay, at.root]
  const [program = '', ...args] = placedIn(cgroup, words)
  const child = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.on('data', (text: Buffer) => (said += text.toString()))
  const isMounted = await new Promise<boolean>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', () => resolve(false))
    child.stdout.once('data', () => resolve(true))
  })
  if (!isMounted || child.pid === undefined)
    throw new ClusterError('lab_failed', `The disk of ${machine.name} cannot be mounted: ${said.trim()}`)
  // It outlives us, and has nothing more to say.
  for (const stream of [child.stdout, child.stderr]) stream.destroy()
  child.unref()
  return child.pid
}

/** Starts a machine that is off, and does not wait for its boot. It lives in a session of its own and outlives this process. */
export async function startMachine(lab: Lab, machine: MachineState): Promise<StartedMachine> {
  const { places } = lab
  const at = machinePlaces(places, machine.name)
  // What a machine that went off by itself may have left: its cgroups, and a link that has the name of the next one.
  await removeCgroup(machineCgroup(lab, machine.name))
  const port = readPort(lab, machine.name)
  if (port !== null) await removePort(places, port)
  const cgroup = nspawnCgroup(lab, machine.name)
  const keeper = join(machineCgroup(lab, machine.name), 'keeper')
  for (const each of [cgroup, keeper]) createCgroup(each)
  const disk = await holdDisk(lab, machine)
  const console = openSync(at.consoleFile, 'a', 0o600)
  const nspawn = inNetwork(places, [
    'systemd-nspawn',
    '--quiet',
    // The machine is no business of this one's service manager, which there need not be.
    '--register=no',
    '--keep-unit',
    `--machine=${places.name}-${machine.name}`,
    `--hostname=${machine.name}`,
    `--network-bridge=${labNetwork.bridge}`,
    '--resolv-conf=off',
    '--timezone=off',
    '--link-journal=no',
    `--directory=${at.root}`,
    '--boot',
  ])
  // Into the cgroup first: whatever is started after that is found by `down`, also when this process is killed here.
  const [program = '', ...args] = placedIn(keeper, [
    'nsenter',
    `--mount=/proc/${disk}/ns/mnt`,
    '--',
    ...ownMounts,
    'sh',
    '-u',
    '-c',
    keepScript,
    machine.name,
    ...placedIn(cgroup, nspawn),
  ])
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', console, console],
    env: {
      PATH: process.env['PATH'],
      // Hosts that still have both hierarchies of cgroups: the machine's systemd knows version 2 only.
      SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1',
    },
  })
  let ended = false
  child.on('error', () => (ended = true))
  child.on('exit', () => (ended = true))
  child.unref()
  closeSync(console)
  return { hasEnded: () => ended }
}

/** Process id of the machine's init, as this machine counts; null when the machine is off. */
export function findInit(lab: Lab, machine: string): number | null {
  // While it boots, init is moved to a cgroup that is made for it: a look that began before and ended after misses it.
  for (let look = 0; look < looks; look += 1) {
    const inside = processesIn(nspawnCgroup(lab, machine))
    const init = inside.find((pid) => isInit(readStatus(pid)))
    if (init !== undefined) return init
    if (inside.length === 0) return null
  }
  return null
}
/** It runs, whether it is reached or not. */
export const isOn = (lab: Lab, machine: string): boolean => findInit(lab, machine) !== null
/** nspawn moves it once and its systemd once more. */
const looks = 3

/** @param status of /proc/PID/status: its last number in NSpid is the one in its own namespace */
export const isInit = (status: string): boolean => /^NSpid:\t\d+(?:\t\d+)*\t1$/m.test(status)

function readStatus(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    // It ended in this moment.
    return ''
  }
}

/**
 * Waits until the machine has booted with every service running.
 *
 * @throws ClusterError lab_failed with the end of its console, or the units that failed
 */
export async function waitForMachine(
  lab: Lab,
  machine: MachineState,
  started: StartedMachine,
  signal: AbortSignal,
): Promise<void> {
  let said = ''
  await until(
    bootDeadlineMs,
    async () => {
      if (started.hasEnded()) return true
      if (findInit(lab, machine.name) === null) return false
      const end = await execOnMachine(lab, machine, ['systemctl', 'is-system-running', '--wait'])
      said = end.stdout.trim()
      return said === 'running' || said === 'degraded'
    },
    signal,
  )
  if (said === 'running') {
    await writePort(lab, machine)
    return
  }
  signal.throwIfAborted()
  if (said === 'degraded') {
    const { stdout } = await execOnMachine(lab, machine, ['systemctl', '--failed', '--plain', '--no-legend'])
    throw new ClusterError('lab_failed', `Services of ${machine.name} failed:\n${stdout.trim()}`, {
      fix: `Look with: fleet lab exec ${machine.name} --name ${lab.places.name} -- journalctl -b -p warning`,
    })
  }
  const last = readConsole(lab, machine)
  throw new ClusterError('lab_failed', `${machine.name} did not boot. The end of its console:\n${last}`)
}

function readConsole(lab: Lab, machine: MachineState): string {
  const { consoleFile } = machinePlaces(lab.places, machine.name)
  return existsSync(consoleFile)
    ? readFileSync(consoleFile, 'utf8').trim().split('\n').slice(-12).join('\n')
    : ''
}

/**
 * Words that run a command on a machine without its network: as root, in its namespaces and with its limits.
 *
 * @throws ClusterError lab_failed when the machine is off
 */
export function onMachine(lab: Lab, machine: MachineState, words: readonly string[]): readonly string[] {
  const init = findInit(lab, machine.name)
  if (init === null)
    throw new ClusterError('lab_failed', `${machine.name} is off.`, {
      fix: `Start it: fleet lab power-on ${machine.name} --name ${lab.places.name}`,
    })
  const cgroup = visitorsCgroup(lab, machine.name)
  createCgroup(cgroup)
  const namespaces = ['--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup', '--root', '--wd']
  return placedIn(cgroup, [
    'nsenter',
    `--target=${init}`,
    ...namespaces,
    'setpriv',
    `--bounding-set=${missingCapabilities(readStatus(init)).join(',')}`,
    'env',
    '--ignore-environment',
    ...visitorEnvironment,
    ...words,
  ])
}

const visitorEnvironment = [
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'HOME=/root',
  'USER=root',
  'LOGNAME=root',
  'LANG=C.UTF-8',
  `TERM=${process.env['TERM'] ?? 'dumb'}`,
] as const

/** What the machine's own root may not do (setting the clock, for one), as setpriv(1) spells it. */
export function missingCapabilities(status: string): readonly string[] {
  const bounding = BigInt(`0x${/^CapBnd:\t([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`)
  const last = Number(readFileSync('/proc/sys/kernel/cap_last_cap', 'utf8'))
  return Array.from({ length: last + 1 }, (_, bit) => bit)
    .filter((bit) => ((bounding >> BigInt(bit)) & 1n) === 0n)
    .map((bit) => `-cap_${bit}`)
}

/** Runs a command on a machine to its end, also when its network is cut. Look at `exitCode`. */
export function execOnMachine(
  lab: Lab,
  machine: MachineState,
  words: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramEnd> {
  return runProgram(onMachine(lab, machine, words), { timeoutMs: 60_000, ...options })
}

/**
 * Finds the bridge's end of the machine's link and writes it down, for when the machine is off. Its name is nspawn's
 * choice, and the same at each boot; the machine knows the number.
 */
async function writePort(lab: Lab, machine: MachineState): Promise<void> {
  const init = findInit(lab, machine.name)
  const show = ['ip', '-oneline', 'link', 'show', labNetwork.interface]
  const { stdout } = await runProgram(['nsenter', `--target=${init}`, '--net', '--', ...show])
  const index = Number(/^\d+: [^:@]+@if(\d+):/.exec(stdout)?.[1])
  const port = (await listPorts(lab.places)).find((each) => each.index === index)
  if (!port) throw new ClusterError('lab_failed', `${machine.name} has no link to the lab's network.`)
  writeFileSync(machinePlaces(lab.places, machine.name).portFile, port.name)
}

/** The bridge's end of a machine's link, also while the machine is off; null before its first boot. */
export function readPort(lab: Lab, machine: string): string | null {
  const { portFile } = machinePlaces(lab.places, machine)
  return existsSync(portFile) ? readFileSync(portFile, 'utf8') : null
}
