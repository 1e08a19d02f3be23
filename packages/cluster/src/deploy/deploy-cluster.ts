import { ClusterError } from '../cluster-error.ts'
import type { ClusterHome } from '../home.ts'
import type { HostShell } from '../hosts/host-shell.ts'
import { type OperationEvent, systemClock, waitFor } from '../operate/operation.ts'
import { vipConnection } from '../operate/vip-connection.ts'
import { createPatroniClient, type PatroniClient } from '../patroni/patroni-client.ts'
import type { ClusterPki } from '../pki/cluster-pki.ts'
import { renderCluster } from '../render/render-cluster.ts'
import type { ClusterSecrets } from '../secrets/cluster-secrets.ts'
import { type ClusterSpec, hostsWith } from '../spec/cluster-spec.ts'
import { isWithin, parseAddress, parseNetwork } from '../spec/ipv4.ts'
import { withAnsibleInput } from './ansible-input.ts'
import { preCheckHosts, type HostProblem } from './pre-checks.ts'
import type { OnDeployEvent } from './deploy-event.ts'
import { withDeployLock } from './deploy-lock.ts'
import { prepareBackups } from './first-backup.ts'
import { type HostSurvey, surveyHosts } from './host-facts.ts'
import { allUnits, unitsOf } from './host-units.ts'
import { bringPasswordsFirst } from './passwords-first.ts'
import { runPlaybook } from './run-playbook.ts'
import { settleDatabase } from './settle-database.ts'
import { createSteps, type Steps } from './steps.ts'
import { verifyReads, verifyWrites } from './verify-writes.ts'

export interface DeployInput {
  readonly home: ClusterHome
  readonly spec: ClusterSpec
  readonly secrets: ClusterSecrets
  readonly pki: ClusterPki
  readonly shell: HostShell
  readonly onEvent: OnDeployEvent
  readonly signal: AbortSignal
  /** Milliseconds since 1970, by this machine's clock: the hosts' clocks are compared with it. */
  readonly nowMs: () => number
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface DeployReport {
  /** Changes on hosts, of all steps together; 0 when everything was in order. */
  readonly changedCount: number
  /** Hosts that no deploy had touched before. */
  readonly newHosts: readonly string[]
  /** What was not looked at, and why; empty when all was. */
  readonly unverified: readonly string[]
  readonly durationMs: number
}

const verifyTimeoutMs = 30_000

/**
 * Brings the hosts to what the spec says, or finds that they are. Everything is decided from the hosts as they are, so
 * it may be stopped or die anywhere and be called again.
 *
 * @throws ClusterError deploy_failed with every problem of every host before anything is changed, or with host, step
 *   and words of what went wrong; cluster_unhealthy, timed_out, command_failed, host_unreachable, missing_program
 */
export async function deployCluster(input: DeployInput): Promise<DeployReport> {
  return withDeployLock(input.home, async () => {
    const { spec, shell, onEvent, signal, nowMs } = input
    const startMs = nowMs()
    const steps = createSteps(onEvent, nowMs)
    const surveys = await inspectHosts(input, steps)
    onEvent({ type: 'plan', lines: describePlan(spec, surveys) })
    if (surveys.some(({ host, facts }) => host.roles.includes('postgresql') && facts?.cluster !== null))
      await withPatroni(input, (patroni) => bringPasswordsFirst({ ...input, patroni, steps }))
    const { changedCount, reloadedHosts } = await deployHosts(input, surveys)
    const systemIdentifier = await withPatroni(input, (patroni) =>
      settleDatabase({ spec, shell, patroni, steps, signal, reloadedHosts }),
    )
    await prepareBackups({ spec, shell, steps, signal }, systemIdentifier)
    const unverified = await verify(input, surveys, steps)
    return {
      changedCount: changedCount + steps.changedCount,
      newHosts: surveys.filter(({ facts }) => facts?.cluster === null).map(({ host }) => host.name),
      unverified,
      durationMs: nowMs() - startMs,
    }
  })
}

async function withPatroni<T>(input: DeployInput, work: (patroni: PatroniClient) => Promise<T>): Promise<T> {
  const patroni = createPatroniClient(input)
  try {
    return await work(patroni)
  } finally {
    await patroni.close()
  }
}

/** @throws ClusterError deploy_failed with all problems; nothing was changed then */
async function inspectHosts(
  { spec, shell, signal, nowMs }: DeployInput,
  steps: Steps,
): Promise<readonly HostSurvey[]> {
  const hosts = spec.hosts.map(({ name }) => name)
  return steps.take('Look at the hosts', hosts, async () => {
    const surveys = await surveyHosts(spec, shell, { nowMs, signal })
    const problems = preCheckHosts(spec, surveys)
    if (problems.length > 0) throw refusal(problems)
    const fresh = surveys.filter(({ facts }) => facts?.cluster === null).length
    const note = fresh === 0 ? 'all are this cluster’s' : `${fresh} of ${hosts.length} are new`
    return { value: surveys, changedHosts: [], note }
  })
}

/** What is about to be done, for people: all of it is in order or not by then, nothing is asked any more. */
function describePlan(spec: ClusterSpec, surveys: readonly HostSurvey[]): readonly string[] {
  const fresh = surveys.filter(({ facts }) => facts?.cluster === null)
  const installs = surveys.flatMap(({ host, facts }) =>
    facts && facts.missingPackages.length > 0 ? [`${host.name}: ${facts.missingPackages.join(', ')}`] : [],
  )
  const [first, ...others] = hostsWith(spec, 'postgresql').map(({ name }) => name)
  const isNew = surveys.every(
    ({ host, facts }) => !host.roles.includes('postgresql') || facts?.cluster === null,
  )
  return [
    ...(fresh.length > 0 ? [`New hosts: ${fresh.map(({ host }) => host.name).join(', ')}`] : []),
    ...installs.map((line) => `Debian packages for ${line}`),
    isNew
      ? `A new cluster ${spec.name} begins on ${first}${others.length > 0 ? `; ${others.join(' and ')} copy it` : ''}.`
      : `What differs from cluster.yml on the hosts of ${spec.name} is changed, one database node at a time.`,
  ]
}

function refusal(problems: readonly HostProblem[]): ClusterError {
  const lines = problems.map(({ message, fix }) => `${message}\n  ${fix}`)
  return new ClusterError(
    'deploy_failed',
    `The hosts are not ready, and nothing was changed on any of them:\n${lines.join('\n')}`,
    { fix: 'Mend what is named above and run the command again.' },
  )
}

async function deployHosts(
  input: DeployInput,
  surveys: readonly HostSurvey[],
): Promise<{ changedCount: number; reloadedHosts: readonly string[] }> {
  const { home, spec, onEvent, nowMs, env, signal } = input
  const missing = new Map(surveys.map(({ host, facts }) => [host.name, facts?.missingPackages ?? []]))
  const rendered = renderCluster(input)
  return withAnsibleInput(
    home,
    {
      spec,
      rendered,
      variables: (host, files) => {
        const units = unitsOf(host, files)
        return {
          fleet_missing_packages: missing.get(host.name),
          fleet_units: allUnits(units).map(({ name, conditional = false }) => ({ name, conditional })),
          fleet_base_units: units.base,
          fleet_etcd_units: units.etcd,
          fleet_patroni_units: units.patroni,
          fleet_proxy_units: units.proxy,
          fleet_upkeep_units: units.upkeep,
        }
      },
    },
    async (inventory) => {
      const done = await runPlaybook({ spec, playbook: 'deploy', inventory, onEvent, nowMs, env, signal })
      const acted = [...done.reports.values()].flatMap((byHost) => [...byHost])
      const reloadedHosts = acted
        .filter(([, { actions = [] }]) => actions.includes('reloaded patroni.service'))
        .map(([host]) => host)
      return { changedCount: done.changedCount, reloadedHosts }
    },
  )
}

/** @returns what could not be looked at from here */
async function verify(
  { spec, secrets, pki, signal }: DeployInput,
  surveys: readonly HostSurvey[],
  steps: Steps,
): Promise<readonly string[]> {
  const own = surveys.find(({ facts }) => facts?.sshClient)?.facts?.sshClient ?? null
  if (own !== null && !isClient(spec, own))
    return [
      `Writes through ${spec.network.vip} were not tried: this machine (${own}) is in none of network.clients.`,
    ]
  const connection = vipConnection(spec, secrets, pki)
  const proxies = hostsWith(spec, 'haproxy').map(({ name }) => name)
  await steps.take(`Write and read through ${spec.network.vip}`, proxies, async (note) => {
    const waiting = { clock: systemClock, signal, onEvent: ({ text }: OperationEvent) => note(text) }
    await waitFor(
      waiting,
      { for: 'writes and reads through the virtual IP', timeoutMs: verifyTimeoutMs },
      async () => {
        try {
          await verifyWrites(connection)
          await verifyReads(connection)
          return { met: true, value: null }
        } catch (error) {
          return { met: false, now: error instanceof Error ? error.message : String(error) }
        }
      },
    )
    return { value: null, changedHosts: [] }
  })
  return []
}

function isClient({ network: { clients } }: ClusterSpec, address: string): boolean {
  const own = parseAddress(address)
  return clients.some((cidr) => {
    const network = parseNetwork(cidr)
    return own !== null && network !== null && isWithin(network, own)
  })
}
