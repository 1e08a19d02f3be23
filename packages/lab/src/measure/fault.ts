import { ClusterError, hostsWith, ports, switchover } from '@fleet/cluster'
import { killProcesses, powerOff, powerOn } from '../faults.ts'
import { findMachine, type Lab, type MachineState } from '../lab-state.ts'
import { execOnMachine } from '../machine.ts'
import { type MeasureContext, readStatus } from './measure-context.ts'

/** One thing that goes wrong, with what makes it right again. */
export interface Fault {
  readonly name: string
  readonly summary: string
  /** The longest that writes may stop. */
  readonly limitMs: number
  /** The lab has what it takes. */
  isPossible?(lab: Lab): boolean
  /** Who it happens to, with what must be so before; disturbs nobody's writes for long. */
  prepare(context: MeasureContext): Promise<MachineState>
  inject(context: MeasureContext, machine: MachineState): Promise<void>
  /** Nothing, where the cluster heals by itself. */
  heal(context: MeasureContext, machine: MachineState): Promise<void>
  /** The machine is gone until it is healed: status must say so. */
  readonly takesMachine: boolean
}

const silentPowerOff = {
  inject: async ({ lab }: MeasureContext, machine: MachineState) => {
    await powerOff(lab, machine, true)
  },
  heal: async ({ lab, operation }: MeasureContext, machine: MachineState) => {
    await powerOn(lab, machine, operation.signal)
  },
  takesMachine: true,
} as const
const healsItself = { heal: async () => {}, takesMachine: false } as const

export const faults: readonly Fault[] = [
  {
    name: 'primary-power-off',
    summary: 'The primary loses its power silently',
    limitMs: 28_000,
    prepare: findPrimary,
    ...silentPowerOff,
  },
  {
    name: 'primary-and-etcd-leader-power-off',
    summary: "The primary loses its power silently and was etcd's leader too",
    limitMs: 28_000,
    isPossible: ({ state }) =>
      state.machines.some(({ roles }) => roles.includes('postgresql') && roles.includes('etcd')),
    prepare: async (context) => {
      const primary = await findPrimary(context)
      await moveEtcdLeaderTo(context, primary)
      return primary
    },
    ...silentPowerOff,
  },
  {
    name: 'standby-power-off',
    summary: 'A standby loses its power silently',
    limitMs: 1_000,
    prepare: findStandby,
    ...silentPowerOff,
  },
  {
    name: 'etcd-leader-power-off',
    summary: "The machine of etcd's leader, which is not the primary's, loses its power silently",
    limitMs: 1_000,
    prepare: findEtcdLeader,
    ...silentPowerOff,
  },
  {
    name: 'postgresql-kill',
    summary: 'PostgreSQL on the primary is killed (kill -9)',
    limitMs: 3_000,
    prepare: findPrimary,
    inject: async ({ lab }, machine) => void killProcesses(lab, machine, 'postgres'),
    ...healsItself,
  },
  {
    name: 'patroni-kill',
    summary: 'Patroni on the primary is killed (kill -9)',
    limitMs: 5_000,
    prepare: findPrimary,
    inject: async ({ lab }, machine) => void killProcesses(lab, machine, 'patroni'),
    ...healsItself,
  },
  {
    name: 'switchover',
    summary: 'A planned switchover',
    limitMs: 3_000,
    prepare: findPrimary,
    inject: async ({ operation }) => {
      await switchover(operation, { to: null, measure: null })
    },
    ...healsItself,
  },
  {
    name: 'haproxy-power-off',
    summary: 'The HAProxy machine that holds the virtual IP loses its power silently',
    limitMs: 4_000,
    prepare: findVipHolder,
    ...silentPowerOff,
  },
]

/** What can happen to this lab, in the order in which it is measured. */
export const faultsOf = (lab: Lab): readonly Fault[] =>
  faults.filter((fault) => fault.isPossible?.(lab) ?? true)

/** @throws ClusterError lab_not_found */
export function findFault(name: string): Fault {
  const fault = faults.find((each) => each.name === name)
  if (fault) return fault
  throw new ClusterError('lab_not_found', `There is no fault "${name}".`, {
    fix: `Faults: ${faults.map((each) => each.name).join(', ')}.`,
  })
}

/** @throws ClusterError cluster_unhealthy when there is none */
export async function findPrimary({ lab, operation }: MeasureContext): Promise<MachineState> {
  const { leader } = await operation.patroni.findLeader({ signal: operation.signal })
  if (!leader)
    throw new ClusterError('cluster_unhealthy', 'The cluster has no primary, so nothing can be measured.')
  return findMachine(lab, leader.name)
}

async function findStandby(context: MeasureContext): Promise<MachineState> {
  const primary = await findPrimary(context)
  const standby = hostsWith(context.operation.spec, 'postgresql').find(({ name }) => name !== primary.name)
  if (!standby) throw new ClusterError('cluster_unhealthy', 'The cluster has no standby.')
  return findMachine(context.lab, standby.name)
}

async function findEtcdLeader(context: MeasureContext): Promise<MachineState> {
  const { etcd, writes } = await readStatus(context)
  if (etcd.leader === null || etcd.leader === writes.primary)
    throw new ClusterError(
      'cluster_unhealthy',
      `etcd's leader is ${etcd.leader ?? 'not known'}, so it cannot be taken alone.`,
    )
  return findMachine(context.lab, etcd.leader)
}

/** @throws ClusterError cluster_unhealthy when nobody answers at the address */
export async function findVipHolder(context: MeasureContext): Promise<MachineState> {
  const { vip } = await readStatus(context)
  if (vip.holder === null)
    throw new ClusterError('cluster_unhealthy', `No HAProxy machine answers at ${vip.address}.`)
  return findMachine(context.lab, vip.holder)
}

/**
 * Makes a member etcd's leader. The timer that keeps it away from the primary rests on this machine until it boots again.
 *
 * @throws ClusterError command_failed
 */
export async function moveEtcdLeaderTo({ lab }: MeasureContext, machine: MachineState): Promise<void> {
  const own = `https://${machine.address}:${ports.etcdClient}`
  // The simple form is: endpoint, id in hexadecimal, version, size, is leader, ...
  const script = `
    set -eu
    systemctl stop etcd-leader-away.timer etcd-leader-away.service
    . /etc/profile.d/fleet-etcdctl.sh
    members=$(etcdctl endpoint status)
    leader=$(printf '%s\\n' "$members" | awk -F', ' '$5 == "true" { print $1 }')
    target=$(printf '%s\\n' "$members" | awk -F', ' '$1 == "${own}" { print $2 }')
    [ "$leader" = "${own}" ] || ETCDCTL_ENDPOINTS="$leader" etcdctl move-leader "$target"`
  const { exitCode, stderr } = await execOnMachine(lab, machine, ['bash', '-c', script])
  if (exitCode !== 0)
    throw new ClusterError('command_failed', `etcd's leader would not move to ${machine.name}: ${stderr}`)
}
