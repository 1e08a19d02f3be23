import { renderCluster } from '../render/render-cluster.ts'
import type { PathChange } from './ansible-event.ts'
import { withAnsibleInput } from './ansible-input.ts'
import type { DeployInput } from './deploy-cluster.ts'
import { withDeployLock } from './deploy-lock.ts'
import { runPlaybook } from './run-playbook.ts'

export type DiffInput = Omit<DeployInput, 'shell'>

export interface HostDiff {
  readonly host: string
  /** Sorted by path; `diff` is a unified one, and absent where a secret would be shown. */
  readonly changes: readonly PathChange[]
  /** Units that an earlier deploy has left with old files: by unit, `restart` or `reload`. */
  readonly pending: Readonly<Record<string, string>>
}

/**
 * What a deploy would change of the hosts' files. Changes nothing.
 *
 * @returns every host, in the order of the spec
 * @throws ClusterError host_unreachable, deploy_failed, missing_program
 */
export async function diffCluster(input: DiffInput): Promise<readonly HostDiff[]> {
  const { home, spec, onEvent, nowMs, env, signal } = input
  const rendered = renderCluster(input)
  return withDeployLock(home, () =>
    withAnsibleInput(home, { spec, rendered, variables: () => ({}) }, async (inventory) => {
      const run = { spec, playbook: 'diff', check: true, inventory, onEvent, nowMs, env, signal } as const
      const done = await runPlaybook(run)
      const reports = new Map([...done.reports.values()].flatMap((byHost) => [...byHost]))
      return spec.hosts.map(({ name }) => {
        const { changes = [], pending = {} } = reports.get(name) ?? {}
        return { host: name, changes: changes.toSorted((a, b) => (a.path < b.path ? -1 : 1)), pending }
      })
    }),
  )
}
