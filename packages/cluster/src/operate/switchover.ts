import { ClusterError } from '../cluster-error.ts'
import { type PatroniOutcome } from '../patroni/patroni-client.ts'
import {
  type ClusterView,
  memberOf,
  readClusterView,
  receiveLagBytes,
  standbyProblem,
} from './cluster-view.ts'
import { measureGap, type GapMeasure, type WriteMeasure } from './measure-gap.ts'
import { type Looked, type Operation, waitFor } from './operation.ts'
import { planSwitchover, type SwitchoverPlan } from './plan-switchover.ts'

export interface SwitchoverOptions {
  /** Null: whichever healthy standby is first, which is faster. */
  readonly to: string | null
  /** Says what it would do and does nothing. */
  readonly dryRun?: boolean
  /** Null: the gap is not measured. */
  readonly measure: GapMeasure | null
  /** Until the new primary takes writes. Default 60,000. */
  readonly leaderTimeoutMs?: number
  /** From then on until the old one streams. Default 180,000. */
  readonly rejoinTimeoutMs?: number
}

export interface SwitchoverResult {
  readonly done: boolean
  readonly from: string
  /** Null when nothing was done and more than one standby might have taken over. */
  readonly to: string | null
  /** Of the new primary; null when nothing was done. */
  readonly timeline: number | null
  /** From the request until the new primary answered as one. */
  readonly switchedMs: number | null
  /** From the request until the old primary streamed from the new one. */
  readonly rejoinedMs: number | null
  readonly writes: WriteMeasure | null
}

const pollMs = 50
const rejoinPollMs = 200
const pollTimeoutMs = 1_000

/**
 * Makes a standby the primary, in good order: nothing acknowledged is lost, since Patroni lets the old primary finish
 * its WAL first. Returns when the new primary takes writes and the old one streams from it.
 *
 * @throws ClusterError cluster_unhealthy before anything is done; command_failed when Patroni refused; timed_out when
 *   the outcome is not known or the old primary did not come back in time
 */
export async function switchover(
  operation: Operation,
  options: SwitchoverOptions,
): Promise<SwitchoverResult> {
  const { spec, patroni, onEvent, clock, signal } = operation
  const view = await readClusterView(patroni, { signal })
  const plan = planSwitchover(spec, view, options.to)
  const from = plan.from.host.name
  for (const text of describeSwitchover(plan, view)) onEvent({ kind: 'plan', text })
  const nothing = { timeline: null, switchedMs: null, rejoinedMs: null, writes: null }
  if (options.dryRun) return { done: false, from, to: candidateOf(plan), ...nothing }

  const { value, writes } = await measureGap(operation, options.measure, async () => {
    const startMs = clock.now()
    const { to, timeline } = await change(operation, plan, options.leaderTimeoutMs ?? 60_000)
    const switchedMs = clock.now() - startMs
    onEvent({ kind: 'done', text: `${to} is the primary on timeline ${timeline}.` })
    await waitUntilRejoined(operation, plan, to, options.rejoinTimeoutMs ?? 180_000)
    onEvent({ kind: 'done', text: `${from} streams from ${to}.` })
    return { to, timeline, switchedMs, rejoinedMs: clock.now() - startMs }
  })
  return { done: true, from, ...value, writes }
}

/** Whom Patroni is asked for; null leaves it to the race. */
const candidateOf = ({ candidates: [first, ...rest], others }: SwitchoverPlan): string | null =>
  // In a race whoever was left out might win by Patroni's own rules.
  rest.length === 0 || others.length > 0 ? first.host.name : null

const waitUntilRejoined = (
  operation: Operation,
  { from }: SwitchoverPlan,
  to: string,
  timeoutMs: number,
): Promise<true> =>
  waitFor(
    operation,
    { for: `${from.host.name} to stream from ${to}`, timeoutMs, everyMs: rejoinPollMs },
    async () => {
      const { spec, patroni, signal } = operation
      const view = await readClusterView(patroni, { timeoutMs: pollTimeoutMs, signal })
      const problem = standbyProblem(spec, view, memberOf(view, from.host))
      return problem === null ? { met: true, value: true } : { met: false, now: problem }
    },
  )

/** What an operator should know before it happens, a line each. */
export function describeSwitchover(
  { from, candidates, others, lagBytes, timeline }: SwitchoverPlan,
  view: ClusterView,
): string[] {
  const names = candidates.map(({ host }) => host.name).join(' or ')
  const lacking =
    candidates.length === 1
      ? `which lacks ${lagBytes} bytes of WAL`
      : `whichever is first; they lack at most ${lagBytes} bytes of WAL`
  return [
    `Switch over from ${from.host.name} (timeline ${timeline}) to ${names}, ${lacking}.`,
    'Writes stop for some seconds; sessions on the primary are ended and reads on the new primary go on.',
    ...others.map((member) =>
      member.node?.replicationState === 'streaming'
        ? `${member.host.name} follows the new primary (${receiveLagBytes(view, member) ?? 'unknown'} bytes behind).`
        : `${member.host.name} does not stream: until ${from.host.name} is back, no standby acknowledges commits.`,
    ),
    ...(view.paused ? ['The cluster is paused: nobody takes over if this fails midway.'] : []),
  ]
}

interface NewPrimary {
  readonly to: string
  readonly timeline: number
}

/** Asks for it and watches by ourselves: Patroni's answer comes up to a second after the fact. */
async function change(operation: Operation, plan: SwitchoverPlan, timeoutMs: number): Promise<NewPrimary> {
  const { patroni, signal } = operation
  const from = plan.from.host.name
  const candidate = candidateOf(plan)
  const asked = plan.candidates[0].host
  const request: { answer: PatroniOutcome | null } = { answer: null }
  const sent = patroni
    // A standby's Patroni has less to do now than the primary's.
    .switchover(asked, { leader: from, candidate }, { signal })
    .then((answer) => (request.answer = answer))
  // Handled below, through the race.
  sent.catch(() => {})
  return waitFor(
    operation,
    { for: `${candidate ?? 'another node'} to become the primary`, timeoutMs, everyMs: pollMs },
    async (): Promise<Looked<NewPrimary>> => {
      const found = await Promise.race([
        patroni.findLeader({ timeoutMs: pollTimeoutMs, signal }),
        // A connection refused ends the waiting at once.
        sent.then(() => new Promise<never>(() => {})),
      ])
      const leader = found.nodes.find(({ host }) => host.name === found.leader?.name)
      const timeline = leader?.node?.timeline ?? 0
      const writable = leader?.node?.role === 'primary' && leader.node.state === 'running'
      if (leader && writable && timeline > plan.timeline) {
        const to = leader.host.name
        if (candidate === null || candidate === to) return { met: true, value: { to, timeline } }
        throw new ClusterError(
          'command_failed',
          `${to} became the primary instead of ${candidate}: ${request.answer?.message ?? 'Patroni chose it'}.`,
        )
      }
      const { answer } = request
      if (answer?.outcome === 'refused')
        throw new ClusterError('command_failed', `Patroni refused: ${answer.message}.`, {
          fix: `See \`fleet cluster logs ${asked.name} patroni\`; ${from} is still the primary if \`fleet cluster status\` says so.`,
        })
      const stands = leader ? `${leader.host.name} is the primary` : 'no node is the primary'
      return { met: false, now: answer?.outcome === 'unknown' ? `${stands} (${answer.message})` : stands }
    },
  )
}
