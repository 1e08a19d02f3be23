import { ClusterError } from '@fleet/cluster'
import { execOnMachine, findMachine, type Lab } from '@fleet/lab'

/**
 * Runs a shell script as root on a machine of a lab, without its network.
 *
 * @throws ClusterError command_failed with what it said last
 */
export async function runOnMachine(
  lab: Lab,
  name: string,
  script: string,
  options: { readonly input?: string; readonly timeoutMs?: number } = {},
): Promise<void> {
  const words = ['bash', '-eu', '-c', script]
  const { exitCode, stderr } = await execOnMachine(lab, findMachine(lab, name), words, options)
  if (exitCode === 0) return
  const said = stderr.trim().split('\n').slice(-3).join(' | ')
  throw new ClusterError(
    'command_failed',
    `A step of the drill failed on ${name}: ${said || 'it said nothing'}`,
  )
}
