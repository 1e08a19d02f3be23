import {
  ClusterError,
  type HostShell,
  type Operation,
  rollingRestart,
  switchover,
  takeBackup,
} from '@fleet/cluster'
import {
  clientEnd,
  cut,
  findMachine,
  heal,
  isOn,
  type Lab,
  type MachineState,
  powerOff,
  powerOn,
  signalProcesses,
  thaw,
} from '@fleet/lab'
import type { HistoryRecorder } from '../history/recorder.ts'
import { type Cast, playedBy } from './cast.ts'
import { clockShift } from './clock-shift.ts'
import { copyAnew } from './copy-anew.ts'
import { type Actor, type ActorGroup, type Fault, type FaultTable, pickFrom } from './fault.ts'
import { isolation } from './isolation.ts'
import { runOnMachine } from './machine-script.ts'
import { portBlock } from './port-block.ts'
import { restoreBackup } from './restore-backup.ts'
import { walDisk } from './wal-disk.ts'

/** What faults are done with. */
export interface FaultContext {
  /** Null for a cluster in use: only what its own commands do is possible. */
  readonly lab: Lab | null
  readonly operation: Operation
  readonly shell: HostShell
  readonly cast: Cast
  /** What is taken back is taken back also after Ctrl-C. */
  readonly healing: AbortSignal
  /** Null when no app runs in this drill. */
  readonly restartApp: (() => Promise<void>) | null
  /** For what a fault itself reads of the clients' writes. */
  readonly recorder: HistoryRecorder
  /** As the workloads have it, in the names of what they make. */
  readonly runId: string
}

/** Takes a fault back. May be called again: then it changes nothing. */
export type Heal = () => Promise<void>

/**
 * Does a fault, and returns when it is done.
 *
 * @returns what takes it back; null when nothing has to be
 * @throws ClusterError when it could not be done
 */
export const inject = (fault: Fault, context: FaultContext): Promise<Heal | null> =>
  pickFrom(injections, fault)(fault, context)

const injections: FaultTable<Promise<Heal | null>, [context: FaultContext]> = {
  async kill({ on, process }, context) {
    const lab = requireLab(context)
    for (const name of namesOf(on, context)) signalProcesses(lab, findMachine(lab, name), process, 'SIGKILL')
    return null
  },
  async hang({ on, process }, context) {
    const machine = machineOf(on, context)
    signalProcesses(...machine, process, 'SIGSTOP')
    return () => thaw(...machine)
  },
  async 'power-off'({ on }, context) {
    const machine = machineOf(on, context)
    await powerOff(...machine, true)
    return async () => void (await powerOn(...machine, context.healing))
  },
  async cut({ from, to, direction = 'both' }, context) {
    const [lab, { name }] = machineOf(from, context)
    for (const other of namesOf(to, context).filter((each) => each !== name))
      if (direction === 'in') await cut(lab, other, name, true)
      else await cut(lab, name, other, direction === 'out')
    return async () => void (await heal(lab))
  },
  async isolate({ on }, context) {
    const [lab, { name }] = machineOf(on, context)
    await runOnMachine(lab, name, isolation.apply(context.operation.spec))
    return () => runOnMachine(lab, name, isolation.undo)
  },
  async 'block-ports'({ on, ports }, context) {
    const [lab, { name }] = machineOf(on, context)
    await runOnMachine(lab, name, portBlock.apply(ports))
    return () => runOnMachine(lab, name, portBlock.undo)
  },
  async 'stop-service'({ on, unit }, context) {
    const lab = requireLab(context)
    const names = namesOf(on, context)
    // The last member of etcd takes its time: it looks for somebody to lead in its place.
    await Promise.all(names.map((name) => runOnMachine(lab, name, `systemctl stop --no-block ${unit}`)))
    return async () => {
      // One that is off starts it when it boots.
      const running = names.filter((name) => isOn(lab, name))
      await Promise.all(running.map((name) => runOnMachine(lab, name, `systemctl start ${unit}`)))
    }
  },
  async 'restart-service'({ on, unit }, context) {
    const { operation, shell } = context
    const host = hostOf(on, context)
    const { exitCode, stderr } = await shell.run(host, ['systemctl', 'restart', unit], {
      signal: operation.signal,
    })
    if (exitCode !== 0)
      throw new ClusterError(
        'command_failed',
        `${unit} on ${host.name} could not be restarted: ${stderr.trim()}`,
      )
    return null
  },
  async switchover({ times, to }, { cast, operation }) {
    const target = to === undefined ? null : playedBy(cast, to)
    for (let time = 0; time < times; time += 1) await switchover(operation, { to: target, measure: null })
    return null
  },
  async 'restart-postgresql'({ on }, { cast, operation }) {
    await rollingRestart(operation, { node: on === 'standby' ? playedBy(cast, on) : null })
    return null
  },
  async 'fill-wal-disk'({ on }, context) {
    const [lab, { name }] = machineOf(on, context)
    const { spec } = context.operation
    await runOnMachine(lab, name, walDisk.fill(spec))
    return () => runOnMachine(lab, name, walDisk.empty(spec))
  },
  async 'delete-data'({ on }, context) {
    const [lab, { name }] = machineOf(on, context)
    const { dataDirectory } = context.operation.spec.postgresql
    await runOnMachine(lab, name, `find ${dataDirectory} -mindepth 1 -delete`)
    return () => copyAnew(context.operation, name, context.healing)
  },
  async 'shift-clock'({ on, byS }, context) {
    const [lab, { name }] = machineOf(on, context)
    const { timeoutMs } = clockShift
    await runOnMachine(lab, name, clockShift.apply(byS), { input: clockShift.library(), timeoutMs })
    return () => runOnMachine(lab, name, clockShift.undo, { timeoutMs })
  },
  async 'restart-app'(_, { restartApp }) {
    await restartApp?.()
    return null
  },
  async 'take-backup'(_, { operation, shell }) {
    await takeBackup({ ...operation, shell }, { kind: 'incremental' })
    return null
  },
  async 'restore-backup'({ on }, context) {
    const { operation, shell, recorder, runId } = context
    const { spec, signal } = operation
    const place = { spec, shell, signal, primary: hostOf('primary', context), on: hostOf(on, context) }
    await restoreBackup(place, recorder, runId)
    return null
  },
}

/** Who plays it, as the shell takes it. */
function hostOf(actor: Actor, { cast, operation }: FaultContext): Parameters<HostShell['run']>[0] {
  const name = playedBy(cast, actor)
  const host = operation.spec.hosts.find((each) => each.name === name)
  if (host) return host
  throw new ClusterError('cluster_unhealthy', `${name} is no host of this cluster.`)
}

/** Who plays it, as the functions of the lab take it. */
function machineOf(actor: Actor, context: FaultContext): readonly [Lab, MachineState] {
  const lab = requireLab(context)
  return [lab, findMachine(lab, playedBy(context.cast, actor))]
}

/** Names of hosts, and `client` for who is none. */
function namesOf(who: Actor | ActorGroup, { cast, operation }: FaultContext): readonly string[] {
  const { hosts } = operation.spec
  if (who === 'client') return [clientEnd]
  if (who === 'everyone-else') return hosts.map(({ name }) => name)
  if (who === 'every-etcd') return hosts.filter(({ roles }) => roles.includes('etcd')).map(({ name }) => name)
  return [playedBy(cast, who)]
}

function requireLab({ lab }: FaultContext): Lab {
  if (lab) return lab
  throw new ClusterError('drill_refused', 'What this drill breaks can be broken and mended on a lab only.')
}
