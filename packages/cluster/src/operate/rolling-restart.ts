import { ClusterError } from '../cluster-error.ts'
import type { ClusterSpec, HostSpec } from '../spec/cluster-spec.ts'
import {
  type ClusterView,
  memberOf,
  readClusterView,
  standbyProblem,
  standbyProblems,
} from './cluster-view.ts'
import { measureGap, type GapMeasure, type WriteMeasure } from './measure-gap.ts'
import { type Looked, type Operation, waitFor } from './operation.ts'
import { planRestart, type RestartOptions, type RestartStep } from './plan-restart.ts'
import { switchover } from './switchover.ts'

export interface RollingRestartOptions extends Partial<RestartOptions> {
  readonly dryRun?: boolean
  readonly measure?: GapMeasure | null
  /** For one node to be back. Default 600,000. */
  readonly nodeTimeoutMs?: number
}

export interface RollingRestartResult {
  readonly done: boolean
  readonly steps: readonly {
    readonly do: RestartStep['do']
    readonly node: string
    readonly tookMs: number | null
  }[]
  /** Of all steps together. */
  readonly writes: WriteMeasure | null
}

/** For a primary that is restarted where it is; after it Patroni lets another take over. */
const primaryStartS = 60

/**
 * Restarts PostgreSQL node by node: standbys first, each until it streams and is back in the quorum, then a switchover
 * to one of them. Every step looks at the cluster anew and refuses when a node is not well, so it may be run again
 * after a failure: with `onlyPending` it goes on where it stopped.
 *
 * @throws ClusterError cluster_unhealthy, command_failed, timed_out; host_unreachable
 */
export async function rollingRestart(
  operation: Operation,
  { node = null, onlyPending = false, inPlace = false, ...options }: RollingRestartOptions = {},
): Promise<RollingRestartResult> {
  const { spec, patroni, onEvent, clock, signal } = operation
  const restart = { node, onlyPending, inPlace }
  const view = await readClusterView(patroni, { signal })
  const plan = planRestart(spec, view, restart)
  for (const step of plan) onEvent({ kind: 'plan', text: describeStep(step) })
  const planned = plan.map((step) => ({ do: step.do, node: nodeOf(step).name, tookMs: null }))
  if (options.dryRun || plan.length === 0) return { done: false, steps: planned, writes: null }

  const timeoutMs = options.nodeTimeoutMs ?? 600_000
  const { value: steps, writes } = await measureGap(operation, options.measure ?? null, async () => {
    const taken: { do: RestartStep['do']; node: string; tookMs: number }[] = []
    for (const step of plan) {
      const startMs = clock.now()
      await takeStep(operation, step, timeoutMs)
      taken.push({ do: step.do, node: nodeOf(step).name, tookMs: clock.now() - startMs })
    }
    return taken
  })
  return { done: true, steps, writes }
}

const nodeOf = (step: RestartStep): HostSpec => (step.do === 'switchover' ? step.from : step.host)

function describeStep(step: RestartStep): string {
  if (step.do === 'switchover')
    return `Switch over from ${step.from.name} to a standby; ${step.from.name} starts anew as a standby itself.`
  return step.do === 'restart-standby'
    ? `Restart PostgreSQL on ${step.host.name}, a standby; wait until it streams again.`
    : `Restart PostgreSQL on ${step.host.name}, the primary, where it is; writes wait for it.`
}

async function takeStep(operation: Operation, step: RestartStep, timeoutMs: number): Promise<void> {
  const { spec, patroni, signal, onEvent } = operation
  if (step.do === 'switchover') {
    const after: Operation = {
      ...operation,
      // The plan was told at the beginning.
      onEvent: (event) => (event.kind === 'plan' ? undefined : onEvent(event)),
    }
    await switchover(after, { to: null, measure: null, rejoinTimeoutMs: timeoutMs })
    return
  }
  const { host } = step
  const before = await readClusterView(patroni, { signal })
  if (step.do === 'restart-standby') refuseWhenAlone(before, host)
  const startedAt = memberOf(before, host).node?.startedAt ?? null
  const isPrimary = step.do === 'restart-primary'
  const seen: { refusal: string | null } = { refusal: null }
  const sent = patroni
    .restart(
      host,
      // Without a time of its own a primary would have `primary_start_timeout`, which is 0: it would lose its lead.
      isPrimary ? { role: 'primary', timeoutS: primaryStartS } : { role: 'replica' },
      { timeoutMs, signal },
    )
    .then((answer) => (seen.refusal = answer.outcome === 'refused' ? answer.message : null))
  // Handled below, through the race.
  sent.catch(() => {})
  await waitFor(operation, { for: `${host.name} to be back`, timeoutMs }, async (): Promise<Looked<true>> => {
    const view = await Promise.race([
      readClusterView(patroni, { signal }),
      // A connection refused ends the waiting at once: nothing has begun.
      sent.then(() => new Promise<never>(() => {})),
    ])
    const member = memberOf(view, host)
    const problem = isPrimary ? primaryProblem(spec, view, host) : standbyProblem(spec, view, member)
    const restarted = member.node?.startedAt !== startedAt
    if (restarted && problem === null) return { met: true, value: true }
    if (!restarted && seen.refusal !== null)
      throw new ClusterError(
        'command_failed',
        `Patroni on ${host.name} refused to restart: ${seen.refusal}.`,
        {
          fix: `See \`fleet cluster logs ${host.name} patroni\`.`,
        },
      )
    return { met: false, now: problem ?? 'PostgreSQL has not stopped yet' }
  })
  onEvent({
    kind: 'done',
    text: `PostgreSQL on ${host.name} is restarted and ${isPrimary ? 'takes writes' : 'streams'}.`,
  })
}

/** Its standbys count too: while they are away a next step would find no one who can take over. */
function primaryProblem(spec: ClusterSpec, view: ClusterView, host: HostSpec): string | null {
  const { leader } = view
  if (!leader) return `${host.name} is not a running primary yet`
  if (leader.host.name !== host.name) return `${leader.host.name} is the primary instead`
  return standbyProblems(spec, view)[0] ?? null
}

/** A standby may have died since the plan was made. */
function refuseWhenAlone(view: ClusterView, host: HostSpec): void {
  const others = view.members.filter(
    (member) => member.host.name !== host.name && member.host.name !== view.leader?.host.name,
  )
  if (others.length > 0 && !others.some(({ node }) => node?.replicationState === 'streaming'))
    throw new ClusterError(
      'cluster_unhealthy',
      `${host.name} is the only standby that streams now, so it is not restarted: ${others.map(({ host: { name } }) => name).join(', ')} does not.`,
    )
}
