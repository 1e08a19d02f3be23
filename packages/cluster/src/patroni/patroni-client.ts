import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, type Dispatcher, request } from 'undici'
import type { z } from 'zod'
import { ClusterError } from '../cluster-error.ts'
import { apiUsers, ports } from '../layout.ts'
import { type ClusterPki, operatorCertificate } from '../pki/cluster-pki.ts'
import type { ClusterSecrets } from '../secrets/cluster-secrets.ts'
import { type ClusterSpec, type HostSpec, hostsWith } from '../spec/cluster-spec.ts'
import {
  clusterAnswer,
  configAnswer,
  historyAnswer,
  nodeAnswer,
  type PatroniCluster,
  type PatroniConfig,
  type PatroniConfigPatch,
  type PatroniHistory,
  type PatroniNode,
} from './patroni-answers.ts'

/** Below the 3 s in which `fleet cluster status` answers, with a node that is silently dead. */
const readTimeoutMs = 2_500
/** Patroni itself gives a switchover up to 2 * max(10, loop_wait) seconds before it says "unknown". */
const switchTimeoutMs = 30_000
const configTimeoutMs = 10_000
const reopenedAfterMs = 300

export interface CallOptions {
  /** Milliseconds until the call is given up. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/** How a call that changes something ended. `unknown`: it was sent, and nobody said what became of it. */
export interface PatroniOutcome {
  readonly outcome: 'done' | 'refused' | 'unknown'
  /** 0 without an answer. */
  readonly status: number
  /** Patroni's own words, or why there are none. */
  readonly message: string
}

export interface RestartRequest {
  /** Only when a setting waits for a restart. */
  readonly onlyPending?: boolean
  /** Only as long as the node is still this: nobody restarts a primary that was a standby a moment ago. */
  readonly role?: 'primary' | 'replica'
  /** Seconds until a primary that does not come back loses its leadership. */
  readonly timeoutS?: number
}

/** What one node said when all were asked. */
export interface NodeSurvey {
  readonly host: HostSpec
  /** Null when it did not answer. */
  readonly node: PatroniNode | null
  /** It answered that it holds the leader key. */
  readonly holdsLock: boolean
  readonly error: ClusterError | null
}

export interface LeaderSearch {
  readonly leader: HostSpec | null
  /** Every database host, in the order of the spec. */
  readonly nodes: readonly NodeSurvey[]
}

/**
 * Patroni's REST API on the database hosts, over TLS with the operator's certificate.
 *
 * Reads throw ClusterError: `host_unreachable` when no connection could be made, `timed_out` when no answer came in
 * time, `command_failed` for an answer that is none. Without etcd a node answers `node` and not `cluster`.
 * Calls that change something throw `host_unreachable` only when nothing was sent; everything else is an outcome.
 */
export interface PatroniClient {
  /** The cluster as this node reads it from etcd. */
  cluster(host: HostSpec, options?: CallOptions): Promise<PatroniCluster>
  node(host: HostSpec, options?: CallOptions): Promise<PatroniNode>
  config(host: HostSpec, options?: CallOptions): Promise<PatroniConfig>
  history(host: HostSpec, options?: CallOptions): Promise<PatroniHistory>
  /** @returns the configuration after it; 409 and 503 throw `command_failed` */
  patchConfig(host: HostSpec, patch: PatroniConfigPatch, options?: CallOptions): Promise<PatroniConfig>
  /** `candidate` null leaves the choice to Patroni. */
  switchover(
    host: HostSpec,
    change: { readonly leader: string; readonly candidate: string | null },
    options?: CallOptions,
  ): Promise<PatroniOutcome>
  failover(
    host: HostSpec,
    change: { readonly candidate: string },
    options?: CallOptions,
  ): Promise<PatroniOutcome>
  /** Restarts PostgreSQL on `host` and waits for it. */
  restart(host: HostSpec, change?: RestartRequest, options?: CallOptions): Promise<PatroniOutcome>
  /** Patroni reads its file again, and PostgreSQL its own. */
  reload(host: HostSpec, options?: CallOptions): Promise<PatroniOutcome>
  /** Answers when it has begun. `force` ends what the node is doing. */
  reinitialize(
    host: HostSpec,
    change?: { readonly force?: boolean },
    options?: CallOptions,
  ): Promise<PatroniOutcome>
  /** Asks all database hosts at once; one that is dead delays by the deadline of a read at most. */
  findLeader(options?: CallOptions): Promise<LeaderSearch>
  close(): Promise<void>
}

export interface PatroniClientInput {
  readonly spec: ClusterSpec
  readonly secrets: Pick<ClusterSecrets, 'patroniApi'>
  readonly pki: ClusterPki
}

/** Opens no connection by itself; Patroni closes each one after its answer. */
export function createPatroniClient({ spec, secrets, pki }: PatroniClientInput): PatroniClient {
  const { certificatePem, privateKeyPem } = pki.certificate(operatorCertificate)
  const agent = new Agent({
    connect: { ca: pki.authorityPem, cert: certificatePem, key: privateKeyPem, timeout: 2_000 },
  })
  const authorization = `Basic ${Buffer.from(`${apiUsers.patroni}:${secrets.patroniApi}`).toString('base64')}`

  /** @throws ClusterError host_unreachable, timed_out */
  async function call(
    host: HostSpec,
    method: Dispatcher.HttpMethod,
    path: string,
    body: object | null,
    { timeoutMs = readTimeoutMs, signal }: CallOptions,
  ): Promise<{ status: number; text: string }> {
    const deadline = AbortSignal.timeout(timeoutMs)
    try {
      const answer = await request(`https://${host.address}:${ports.patroni}${path}`, {
        dispatcher: agent,
        method,
        headers: {
          ...(method === 'GET' ? {} : { authorization }),
          ...(body === null ? {} : { 'content-type': 'application/json' }),
        },
        body: body === null ? null : JSON.stringify(body),
        signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
        headersTimeout: 0,
        bodyTimeout: 0,
      })
      return { status: answer.statusCode, text: await answer.body.text() }
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      if (deadline.aborted)
        throw new ClusterError('timed_out', `Patroni on ${host.name} did not answer within ${timeoutMs} ms.`)
      throw connectionError(host, error)
    }
  }

  async function read<T extends z.ZodType>(
    host: HostSpec,
    path: string,
    schema: T,
    options: CallOptions,
  ): Promise<z.output<T>> {
    const ask = () => call(host, 'GET', path, null, options)
    const answer = await ask().catch(async (error: unknown) => {
      // Patroni opens its port anew to take a new certificate, and what is under way breaks off. Asked once more, it is well.
      if (!(error instanceof ClusterError) || error.code !== 'command_failed') throw error
      await sleep(reopenedAfterMs)
      return ask()
    })
    return parsed(host, path, schema, answer)
  }

  async function change(
    host: HostSpec,
    path: string,
    body: object,
    options: CallOptions,
  ): Promise<PatroniOutcome> {
    try {
      const { status, text } = await call(host, 'POST', path, body, options)
      if (status < 300) return { outcome: 'done', status, message: text }
      // Patroni gave up watching; the request is still in etcd.
      if (text.endsWith('status unknown')) return { outcome: 'unknown', status, message: text }
      return { outcome: 'refused', status, message: text || `Patroni answered ${status}.` }
    } catch (error) {
      if (!(error instanceof ClusterError) || error.code === 'host_unreachable') throw error
      return { outcome: 'unknown', status: 0, message: error.message }
    }
  }

  async function survey(host: HostSpec, options: CallOptions): Promise<NodeSurvey> {
    try {
      const answer = await call(host, 'GET', '/leader', null, options)
      // 503 is "not the leader", with the same body.
      const node = parsed(host, '/leader', nodeAnswer, { ...answer, status: 200 })
      return { host, node, holdsLock: answer.status === 200, error: null }
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error
      return { host, node: null, holdsLock: false, error }
    }
  }

  return {
    cluster: (host, options = {}) => read(host, '/cluster', clusterAnswer, options),
    node: (host, options = {}) => read(host, '/patroni', nodeAnswer, options),
    config: (host, options = {}) => read(host, '/config', configAnswer, options),
    history: (host, options = {}) => read(host, '/history', historyAnswer, options),
    async patchConfig(host, patch, options = {}) {
      const answer = await call(host, 'PATCH', '/config', patch, { timeoutMs: configTimeoutMs, ...options })
      return parsed(host, 'PATCH /config', configAnswer, answer)
    },
    switchover: (host, { leader, candidate }, options = {}) =>
      change(
        host,
        '/switchover',
        { leader, ...(candidate === null ? {} : { candidate }) },
        { timeoutMs: switchTimeoutMs, ...options },
      ),
    failover: (host, { candidate }, options = {}) =>
      change(host, '/failover', { candidate }, { timeoutMs: switchTimeoutMs, ...options }),
    restart: (host, { onlyPending = false, role, timeoutS } = {}, options = {}) =>
      change(
        host,
        '/restart',
        {
          // Any value means yes to Patroni 4.0, so the key is left out instead of sent as false.
          ...(onlyPending ? { restart_pending: true } : {}),
          ...(role ? { role } : {}),
          ...(timeoutS === undefined ? {} : { timeout: timeoutS }),
        },
        // A checkpoint of a busy server may take minutes.
        { timeoutMs: 600_000, ...options },
      ),
    reload: (host, options = {}) => change(host, '/reload', {}, { timeoutMs: configTimeoutMs, ...options }),
    reinitialize: (host, { force = false } = {}, options = {}) =>
      change(host, '/reinitialize', { force }, { timeoutMs: configTimeoutMs, ...options }),
    async findLeader(options = {}) {
      const nodes = await Promise.all(hostsWith(spec, 'postgresql').map((host) => survey(host, options)))
      return { leader: leaderOf(nodes), nodes }
    },
    close: () => agent.destroy(),
  }
}

/** A node that lost etcd believes for a while that it leads: the one that saw etcd last is right. */
function leaderOf(nodes: readonly NodeSurvey[]): HostSpec | null {
  const claims = nodes.filter(({ holdsLock }) => holdsLock)
  claims.sort((a, b) => (b.node?.dcsLastSeenS ?? 0) - (a.node?.dcsLastSeenS ?? 0))
  return claims[0]?.host ?? null
}

function parsed<T extends z.ZodType>(
  host: HostSpec,
  path: string,
  schema: T,
  { status, text }: { status: number; text: string },
): z.output<T> {
  if (status !== 200)
    throw new ClusterError(
      'command_failed',
      `Patroni on ${host.name} answered ${path} with ${status}: ${text.slice(0, 300).trim()}`,
    )
  const found = schema.safeParse(parseJson(text))
  if (found.success) return found.data
  const first = found.error.issues[0]
  const problem = first ? `${first.path.join('.')}: ${first.message}` : text.slice(0, 300)
  throw new ClusterError(
    'command_failed',
    `Patroni on ${host.name} answered ${path} in a form that this version of fleet does not know: ${problem}`,
    { cause: found.error },
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Errors before the first byte of a request: whatever was asked has not begun. */
const neverSent = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
])

function connectionError(host: HostSpec, error: unknown): ClusterError {
  const code = (error as { code?: unknown }).code
  const message = error instanceof Error ? error.message : String(error)
  const at = `Patroni on ${host.name} (${host.address}:${ports.patroni})`
  if (typeof code === 'string' && neverSent.has(code))
    return new ClusterError('host_unreachable', `${at} cannot be reached: ${message}.`, {
      cause: error,
      fix: 'Check that the host is up and that `systemctl status patroni` on it says active.',
    })
  if (typeof code === 'string' && /CERT|TLS|SSL|SIGNED|ISSUER|LEAF_SIGNATURE/u.test(code))
    return new ClusterError('host_unreachable', `${at} did not prove to be this cluster's: ${message}.`, {
      cause: error,
      fix: 'Look at the certificates with `fleet cluster certs`; pki/ must be the one that the cluster was deployed with.',
    })
  return new ClusterError('command_failed', `${at} broke the connection off: ${message}.`, {
    cause: error,
    fix: `See \`fleet cluster logs ${host.name} patroni\`. A node that cannot reach etcd breaks some answers off.`,
  })
}
