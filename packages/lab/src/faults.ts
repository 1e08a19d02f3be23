import { closeSync, openSync, readFileSync } from 'node:fs'
import { ClusterError, runProgram } from '@fleet/cluster'
import { addCuts, listCuts, removeCuts } from './bridge-cuts.ts'
import { freezeCgroup, processesIn, removeCgroup } from './cgroup.ts'
import { withLabLock } from './lab-lock.ts'
import { cutPort, removePort } from './lab-network.ts'
import { findMachine, type Lab, type MachineState } from './lab-state.ts'
import { findInit, machineCgroup, readPort, startMachine, waitForMachine } from './machine.ts'
import { until } from './until.ts'

/** Who is not a machine in a cut: the lab's clients and operators, at 10.0.0.1. */
export const clientEnd = 'client'

/**
 * Takes the power from a machine: every process of it is gone at once. Its disk stays.
 *
 * @param silent cuts its link first, as a dead power supply does. Otherwise the kernel, which lives on, closes the
 *   machine's connections for it, and the others know at once.
 * @returns false when it was off already
 */
export function powerOff(lab: Lab, machine: MachineState, silent: boolean): Promise<boolean> {
  return withLabLock(lab.places, async () => {
    const init = findInit(lab, machine.name)
    const port = readPort(lab, machine.name)
    if (silent && init !== null && port !== null) await cutPort(lab.places, port)
    // Held open: with the machine's last process the kernel would take its link away, and what was on its way with it.
    const network = init === null || silent ? null : openSync(`/proc/${init}/ns/net`, 'r')
    try {
      await removeCgroup(machineCgroup(lab, machine.name))
      if (network !== null) await until(lastWordsMs, () => hasSaidLastWords(network))
    } finally {
      if (network !== null) closeSync(network)
    }
    if (port !== null) await removePort(lab.places, port)
    return init !== null
  })
}

/** Every connection that the kernel closed for the dead processes was told so to its other end. */
async function hasSaidLastWords(network: number): Promise<boolean> {
  // Established ones too: the kernel may close them some time after the process is gone.
  const states = ['established', 'close-wait', 'fin-wait-1', 'closing', 'last-ack']
  const unheard = ['ss', '--no-header', '--tcp', ...states.flatMap((state) => ['state', state])]
  const { stdout } = await runProgram([
    'nsenter',
    `--net=/proc/${process.pid}/fd/${network}`,
    '--',
    ...unheard,
  ])
  return stdout.trim() === ''
}

/**
 * Boots a machine from the disk that it had, and waits until its services run.
 *
 * @returns false when it was on already
 * @throws ClusterError lab_failed
 */
export function powerOn(lab: Lab, machine: MachineState, signal: AbortSignal): Promise<boolean> {
  return withLabLock(lab.places, async () => {
    if (findInit(lab, machine.name) !== null) return false
    await waitForMachine(lab, machine, await startMachine(lab, machine), signal)
    return true
  })
}

/** Connections to a machine that is off itself are never heard. */
const lastWordsMs = 3_000

/** Machines, or `client`, between which packets are dropped in the one direction. */
export interface Cut {
  readonly from: string
  readonly to: string
}

/** Drops what `from` sends to `to`, silently; with `oneWay` false also what comes back. */
export async function cut(lab: Lab, from: string, to: string, oneWay: boolean): Promise<void> {
  if (from === to)
    throw new ClusterError('lab_not_found', `Between ${from} and itself is no network.`, {
      fix: 'Name two machines, or one and client.',
    })
  const [fromPort, toPort] = [portOf(lab, from), portOf(lab, to)]
  await addCuts(lab.places, [
    { fromPort, toPort },
    ...(oneWay ? [] : [{ fromPort: toPort, toPort: fromPort }]),
  ])
}

/** Takes every cut away. @returns what there was */
export async function heal(lab: Lab): Promise<readonly Cut[]> {
  const cuts = await cutsOf(lab)
  await removeCuts(lab.places)
  return cuts
}

export async function cutsOf(lab: Lab): Promise<readonly Cut[]> {
  const names = new Map(lab.state.machines.map(({ name }) => [readPort(lab, name), name]))
  const nameOf = (port: string | null) => (port === null ? clientEnd : (names.get(port) ?? port))
  return (await listCuts(lab.places)).map(({ fromPort, toPort }) => ({
    from: nameOf(fromPort),
    to: nameOf(toPort),
  }))
}

function portOf(lab: Lab, end: string): string | null {
  if (end === clientEnd) return null
  const { name } = findMachine(lab, end)
  const port = readPort(lab, name)
  if (port === null) throw new ClusterError('lab_failed', `${name} was never on, so it has no link to cut.`)
  return port
}

/** Stops every process of a machine between two instructions, or lets them go on. Its kernel still acknowledges packets. */
export const freeze = (lab: Lab, machine: MachineState, frozen: boolean): Promise<void> =>
  freezeCgroup(machineCgroup(lab, machine.name), frozen)

/**
 * `kill -9` for every process of one name on a machine.
 *
 * @param name as `ps -o comm` shows it: `postgres`, `patroni`, `etcd`, `haproxy`
 * @returns how many there were
 * @throws ClusterError lab_failed when there is none
 */
export const killProcesses = (lab: Lab, machine: MachineState, name: string): number =>
  signalProcesses(lab, machine, name, 'SIGKILL')

/**
 * Sends a signal to every process of one name on a machine. SIGSTOP is how a process hangs: its sockets stay open, and
 * the kernel goes on to acknowledge what arrives.
 *
 * @param name as for {@link killProcesses}
 * @returns how many there were
 * @throws ClusterError lab_failed when there is none
 */
export function signalProcesses(
  lab: Lab,
  machine: MachineState,
  name: string,
  signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT',
): number {
  const pids = processesIn(machineCgroup(lab, machine.name)).filter((pid) => commandOf(pid) === name)
  if (pids.length === 0)
    throw new ClusterError('lab_failed', `No process "${name}" runs on ${machine.name}.`, {
      fix: `See what does: fleet lab exec ${machine.name} --name ${lab.places.name} -- systemctl status`,
    })
  for (const pid of pids) signalIfThere(pid, signal)
  return pids.length
}

/** Lets every process of a machine go on that was stopped, by {@link freeze} or by SIGSTOP. */
export async function thaw(lab: Lab, machine: MachineState): Promise<void> {
  const cgroup = machineCgroup(lab, machine.name)
  const pids = processesIn(cgroup)
  if (pids.length === 0) return
  await freezeCgroup(cgroup, false)
  for (const pid of pids) signalIfThere(pid, 'SIGCONT')
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    // A worker may go with its parent, killed a moment before.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function commandOf(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return null
  }
}
