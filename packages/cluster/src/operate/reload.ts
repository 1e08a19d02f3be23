import { ClusterError } from '../cluster-error.ts'
import { type HostSpec, hostsWith } from '../spec/cluster-spec.ts'
import { databaseHost, type Operation } from './operation.ts'

export interface ReloadResult {
  readonly done: boolean
  readonly nodes: readonly {
    readonly node: string
    readonly reloaded: boolean
    /** Why not. */
    readonly problem: string | null
    /** Settings that only a restart brings in. */
    readonly pendingRestart: readonly string[]
  }[]
}

/**
 * Lets Patroni, and through it PostgreSQL, read configuration and certificates again; nothing is restarted.
 *
 * @param options.node null: all nodes
 */
export async function reloadCluster(
  operation: Operation,
  options: { readonly node: string | null; readonly dryRun?: boolean },
): Promise<ReloadResult> {
  const { spec, patroni, onEvent, clock, signal } = operation
  const hosts = options.node === null ? hostsWith(spec, 'postgresql') : [databaseHost(spec, options.node)]
  const names = hosts.map(({ name }) => name).join(', ')
  onEvent({ kind: 'plan', text: `Reload Patroni and PostgreSQL on ${names}. Nothing is restarted.` })
  if (options.dryRun)
    return {
      done: false,
      nodes: hosts.map(({ name }) => ({ node: name, reloaded: false, problem: null, pendingRestart: [] })),
    }
  const asked = await Promise.all(hosts.map(async (host) => ({ host, problem: await ask(operation, host) })))
  // Patroni reloads in its next cycle and only then knows what waits for a restart.
  await clock.sleep(spec.failover.loopWaitS * 1_000, signal)
  const nodes = await Promise.all(
    asked.map(async ({ host, problem }) => {
      const node = await patroni.node(host, { signal }).catch((error: unknown) => {
        if (error instanceof ClusterError) return null
        throw error
      })
      return {
        node: host.name,
        reloaded: problem === null,
        problem,
        pendingRestart: node?.pendingRestartReasons.map(({ setting }) => setting) ?? [],
      }
    }),
  )
  return { done: nodes.every(({ reloaded }) => reloaded), nodes }
}

async function ask({ patroni, signal }: Operation, host: HostSpec): Promise<string | null> {
  try {
    const { outcome, message } = await patroni.reload(host, { signal })
    return outcome === 'done' ? null : message
  } catch (error) {
    if (error instanceof ClusterError) return error.message
    throw error
  }
}
