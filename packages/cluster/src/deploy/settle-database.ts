import { ClusterError } from '../cluster-error.ts'
import type { HostShell } from '../hosts/host-shell.ts'
import { describeNodes, readClusterView, requireLeader, standbyProblems } from '../operate/cluster-view.ts'
import { type Operation, systemClock, waitFor } from '../operate/operation.ts'
import { rollingRestart } from '../operate/rolling-restart.ts'
import type { PatroniClient } from '../patroni/patroni-client.ts'
import { sharedConfiguration } from '../render/patroni-shared.ts'
import { applyRolesScript } from '../render/postgresql.ts'
import { type ClusterSpec, type HostSpec, hostsWith } from '../spec/cluster-spec.ts'
import { isPatched } from './shared-configuration.ts'
import type { StepNote, Steps } from './steps.ts'

const healthyTimeoutMs = 120_000
const noticedTimeoutMs = 60_000

export interface DatabaseInput {
  readonly spec: ClusterSpec
  readonly shell: HostShell
  readonly patroni: PatroniClient
  readonly steps: Steps
  readonly signal: AbortSignal
  /** Hosts whose Patroni has read its configuration again just now. */
  readonly reloadedHosts: readonly string[]
}

/**
 * What concerns the database as a whole, once every node runs: the configuration that the nodes share, the roles, and
 * restarts that changed settings ask for. What has to be done is read from the nodes, so it may be done again after a
 * failure anywhere.
 *
 * @returns what tells this database from every other: PostgreSQL's system identifier, in decimal
 * @throws ClusterError cluster_unhealthy, timed_out, command_failed
 */
export async function settleDatabase(input: DatabaseInput): Promise<string> {
  const { spec, patroni, steps } = input
  const nodes = hostsWith(spec, 'postgresql').map(({ name }) => name)
  const leader = await steps.take('Wait for a primary and its standbys', nodes, async (note) => {
    const found = await waitUntilHealthy(operationOf(input, note))
    return { value: found, changedHosts: [], note: `${found.name} is the primary` }
  })
  const patched = await steps.take('Apply the settings that all nodes share', [leader.name], async () => {
    const patch = { ...sharedConfiguration(spec) }
    const wanted = !isPatched(await patroni.config(leader), patch)
    if (wanted) await patroni.patchConfig(leader, patch)
    return { value: wanted, changedHosts: wanted ? [leader.name] : [] }
  })
  await steps.take('Apply the roles and the database', [leader.name], async () => {
    const isChanged = await applyRoles(input, leader)
    return { value: null, changedHosts: isChanged ? [leader.name] : [] }
  })
  if (patched || input.reloadedHosts.length > 0)
    await steps.take('Let Patroni take the new settings', nodes, async (note) => {
      await waitUntilNoticed(operationOf(input, note))
      return { value: null, changedHosts: [] }
    })
  await restartWherePending(input)
  const { systemIdentifier } = await patroni.node(leader)
  if (systemIdentifier === null)
    throw new ClusterError(
      'cluster_unhealthy',
      `PostgreSQL on ${leader.name} does not say which database it is.`,
    )
  return systemIdentifier
}

/** Only nodes where a setting waits for it; a step of its own only when there are any. */
async function restartWherePending(input: DatabaseInput): Promise<void> {
  const { spec, patroni, steps, signal } = input
  const view = await readClusterView(patroni, { signal })
  const due = view.members.filter(({ node }) => node?.pendingRestart === true)
  if (due.length === 0) return
  const settings = new Set(
    due.flatMap(({ node }) => node?.pendingRestartReasons.map(({ setting }) => setting) ?? []),
  )
  const names = due.map(({ host }) => host.name)
  await steps.take('Restart PostgreSQL, standbys first, then by a switchover', names, async (note) => {
    await rollingRestart(operationOf(input, note), { onlyPending: true })
    await waitUntilHealthy(operationOf(input, note))
    const primary = requireLeader(await readClusterView(patroni, { signal })).host.name
    return {
      value: null,
      changedHosts: names,
      note: `for ${[...settings].join(', ') || 'changed settings'}; ${primary} is the primary of ${spec.name} now`,
    }
  })
}

const operationOf = ({ spec, patroni, signal }: DatabaseInput, note: StepNote): Operation => ({
  spec,
  patroni,
  clock: systemClock,
  signal,
  onEvent: ({ text }) => note(text),
})

/** @returns the primary, when every other node streams from it and counts for commits */
async function waitUntilHealthy(operation: Operation): Promise<HostSpec> {
  const { spec, patroni, signal } = operation
  return waitFor(operation, { for: 'all nodes to be well', timeoutMs: healthyTimeoutMs }, async () => {
    const view = await readClusterView(patroni, { signal })
    if (!view.leader) return { met: false, now: describeNodes(view) }
    const problems = standbyProblems(spec, view)
    return problems.length === 0
      ? { met: true, value: view.leader.host }
      : { met: false, now: problems.join(' ') }
  })
}

async function applyRoles({ shell, signal, spec }: DatabaseInput, leader: HostSpec): Promise<boolean> {
  const { exitCode, stdout, stderr } = await shell.run(leader, [applyRolesScript], {
    timeoutMs: 60_000,
    signal,
  })
  const answer = stdout.trim()
  if (exitCode === 0 && answer !== 'standby') return answer === 'changed'
  throw new ClusterError(
    'command_failed',
    answer === 'standby'
      ? `${leader.name} stopped being the primary of ${spec.name} while roles were applied.`
      : `The roles could not be applied on ${leader.name}: ${stderr.trim()}`,
    { fix: 'Run the deploy again; it goes on where it stopped.' },
  )
}

/**
 * Patroni takes new settings in its next round, and PostgreSQL says a second later which of them want a restart.
 *
 * A Patroni that takes a new certificate opens its port anew: what is asked at that moment breaks off.
 *
 * @throws ClusterError timed_out
 */
export async function waitUntilNoticed(operation: Operation): Promise<void> {
  const { spec, patroni, signal } = operation
  const hosts = hostsWith(spec, 'postgresql')
  const first = new Map<string, number>()

  /** Why this node may not have taken them yet; null when it has. */
  async function findDelay(host: HostSpec): Promise<string | null> {
    try {
      const seenS = (await patroni.node(host, { signal })).dcsLastSeenS ?? 0
      if (!first.has(host.name)) first.set(host.name, seenS)
      // Two rounds: one may have begun before the change.
      return seenS < first.get(host.name)! + 2 * spec.failover.loopWaitS ? host.name : null
    } catch (error) {
      if (error instanceof ClusterError) return error.message
      throw error
    }
  }

  await waitFor(operation, { for: 'Patroni to take the settings', timeoutMs: noticedTimeoutMs }, async () => {
    const delays = (await Promise.all(hosts.map(findDelay))).filter((delay) => delay !== null)
    return delays.length === 0 ? { met: true, value: null } : { met: false, now: delays.join(', ') }
  })
}
