import { heal, type MeasureContext, powerOn, thaw } from '@fleet/lab'
import { clockShift } from './clock-shift.ts'
import { copyAnewIfEmpty } from './copy-anew.ts'
import { isolation } from './isolation.ts'
import { runOnMachine } from './machine-script.ts'
import { portBlock } from './port-block.ts'
import { walDisk } from './wal-disk.ts'

/** What `stop-service` may have left, by the role of who has it. */
const servicesOf = { etcd: 'etcd', postgresql: 'patroni', haproxy: 'haproxy' } as const

/**
 * Takes back every fault that a drill can do, whatever became of that drill: machines are on, the network is whole,
 * nothing hangs, services run. Where all is well it changes nothing.
 */
export async function mendLab({ lab, operation }: Pick<MeasureContext, 'lab' | 'operation'>): Promise<void> {
  const { spec, signal } = operation
  await heal(lab)
  for (const machine of lab.state.machines) {
    await thaw(lab, machine)
    await powerOn(lab, machine, signal)
  }
  await Promise.all(
    lab.state.machines.map(async ({ name, roles }) => {
      await runOnMachine(lab, name, portBlock.undo)
      await runOnMachine(lab, name, isolation.undo)
      if (roles.includes('postgresql')) {
        await runOnMachine(lab, name, walDisk.unmount(spec), { timeoutMs: walDisk.timeoutMs })
        await runOnMachine(lab, name, clockShift.undo, { timeoutMs: clockShift.timeoutMs })
      }
      for (const [role, unit] of Object.entries(servicesOf))
        if (roles.includes(role as keyof typeof servicesOf))
          await runOnMachine(lab, name, `systemctl start ${unit}`)
    }),
  )
  for (const { name, roles } of lab.state.machines)
    if (roles.includes('postgresql')) await copyAnewIfEmpty(lab, operation, name)
}
