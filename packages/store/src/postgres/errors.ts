import { AppError } from '@fleet/domain'
import { DatabaseError } from 'pg'
import type { RetryReason } from '../health.ts'

/** What an error of `pg`, of the socket or of the server is about. */
export type Failure =
  /** Worth running the whole transaction again. */
  | RetryReason
  /** Wrong password, unknown database, no permission, TLS: trying again does not help. */
  | 'refused'
  /** The server cannot write: disk full, out of memory, I/O error. */
  | 'storage'
  /** The statement itself is wrong, or our code is: a bug. */
  | 'bug'

/**
 * What an SQLSTATE is about; class 08 (connection exceptions) is added below.
 * https://www.postgresql.org/docs/17/errcodes-appendix.html
 */
const failureOfState: Readonly<Record<string, Failure>> = {
  '40001': 'conflict',
  '40P01': 'conflict',
  '55P03': 'conflict',
  // Shut down by an administrator, crashed, starting up or shutting down, no connection left.
  '57P01': 'server_away',
  '57P02': 'server_away',
  '57P03': 'server_away',
  '53300': 'server_away',
  // Timeouts of the session, of one idle in a transaction, of a transaction.
  '57P05': 'connection_lost',
  '25P03': 'connection_lost',
  '25P04': 'connection_lost',
  // A demoted primary, or a standby.
  '25006': 'read_only',
  '57014': 'cancelled',
  '28000': 'refused',
  '28P01': 'refused',
  '3D000': 'refused',
  '42501': 'refused',
  '0LP01': 'refused',
  '53100': 'storage',
  '53200': 'storage',
  '58030': 'storage',
}

/** Of the socket and of the name lookup. */
const lostCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'ECONNABORTED',
  'EAI_AGAIN',
  'ENOTFOUND',
  'ENOENT',
])

/** What `pg` says, without a code, when a connection is gone or silent. */
const lostMessages =
  /^(Connection terminated|Client has encountered a connection error|Query read timeout|timeout expired|timeout exceeded when trying to connect|Client was closed|Cannot use a pool after|The server closed)/i

/**
 * COMMIT was acknowledged, with the warning that the wait for the synchronous standby was cut short: the transaction
 * is on this server only, and a failover would lose it (https://github.com/patroni/patroni/issues/1412).
 */
export class UnreplicatedCommit extends Error {
  override readonly name = 'UnreplicatedCommit'
}

export function classify(error: unknown): Failure {
  if (!(error instanceof Error)) return 'bug'
  if (error instanceof DatabaseError) {
    const state = error.code ?? ''
    // A table was given a column since this session prepared the statement: the next attempt prepares it anew.
    if (state === '0A000' && error.routine === 'RevalidateCachedQuery') return 'conflict'
    return failureOfState[state] ?? (state.startsWith('08') ? 'connection_lost' : 'bug')
  }
  if (error instanceof UnreplicatedCommit) return 'cancelled'
  // Node reports a name with several addresses as one error that holds the others.
  if (error instanceof AggregateError)
    return error.errors.some((one) => classify(one) === 'connection_lost') ? 'connection_lost' : 'bug'
  const code = 'code' in error ? String(error.code) : ''
  if (lostCodes.has(code) || lostMessages.test(error.message)) return 'connection_lost'
  return isTlsError(code, error) || isPasswordMissing(error) ? 'refused' : 'bug'
}

/** The server asks for a password and none was given: `pg` says so without a code. */
const isPasswordMissing = (error: unknown): boolean =>
  error instanceof Error && /^SASL: .*password must be a/.test(error.message)

function isTlsError(code: string, error: Error): boolean {
  return (
    /^(ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_SSL)/.test(code) ||
    error.message === 'The server does not support SSL connections'
  )
}

/** What a failed attempt at a transaction means. */
export interface Judgement {
  readonly failure: Failure
  /** `unknown`: only a record that the transaction itself wrote can tell. */
  readonly outcome: 'not_applied' | 'unknown'
  /** Why the whole transaction may be run again; null when it would fail again. */
  readonly retry: RetryReason | null
}

/**
 * The one place that decides what an error means for the transaction that met it.
 *
 * Before COMMIT was sent nothing is applied, whatever happened. After it, an answer of the server that is an error
 * means rolled back; no answer, and the answers that the server also gives after it has committed, mean unknown.
 *
 * @param commitSent COMMIT, or a statement that is a transaction by itself, is on its way to the server
 */
export function judge(error: unknown, commitSent: boolean): Judgement {
  const failure = classify(error)
  const wasCommitting = commitSent || error instanceof UnreplicatedCommit
  return {
    failure,
    outcome: wasCommitting ? outcomeOfCommit(failure, error) : 'not_applied',
    retry: retryOf(failure),
  }
}

function outcomeOfCommit(failure: Failure, error: unknown): Judgement['outcome'] {
  // A deferred constraint, say. What the driver throws by itself says nothing about the server.
  if (failure === 'bug') return error instanceof DatabaseError ? 'not_applied' : 'unknown'
  return outcomes[failure]
}

const outcomes = {
  connection_lost: 'unknown',
  // 57P01 also comes after a commit that no longer waits for its standby.
  server_away: 'unknown',
  cancelled: 'unknown',
  storage: 'unknown',
  conflict: 'not_applied',
  read_only: 'not_applied',
  refused: 'not_applied',
} as const satisfies Record<Exclude<Failure, 'bug'>, Judgement['outcome']>

function retryOf(failure: Failure): RetryReason | null {
  return failure === 'refused' || failure === 'storage' || failure === 'bug' ? null : failure
}

/** The index or constraint that a unique violation names, else null. */
export function uniqueViolation(error: unknown): string | null {
  return error instanceof DatabaseError && error.code === '23505' ? (error.constraint ?? 'unknown') : null
}

/** What the failure is called in a message: code and sentence, never the connection string. */
export function describeFailure(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return describeFailure(error.errors[0])
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : ''
  return `${error.message}${code}`
}

/**
 * Turns every failure but a bug into an `AppError`; passes a bug through.
 *
 * @param location host, port and database, without the password
 */
export function translatePostgresError(error: unknown, location: string): unknown {
  if (error instanceof AppError) return error
  const failure = classify(error)
  const what = describeFailure(error)
  if (failure === 'bug') return error
  if (failure === 'storage')
    return new AppError('storage_failed', `${location} cannot write: ${what}.`, { cause: error })
  if (failure === 'refused')
    return new AppError('database_unavailable', `${location} refuses: ${what}.`, {
      cause: error,
      fix: refusedFix(error),
    })
  return new AppError('database_unavailable', `${location} does not answer: ${what}.`, { cause: error })
}

function refusedFix(error: unknown): string {
  if (isPasswordMissing(error)) return 'Set PG_PASSWORD, or keep the password in ~/.pgpass.'
  const state = (error instanceof DatabaseError ? error.code : undefined) ?? ''
  switch (state) {
    case '28P01':
    case '28000':
      return 'Correct PG_USER and PG_PASSWORD, or the rule for this host in pg_hba.conf.'
    case '3D000':
      return 'Correct PG_DATABASE, or create the database.'
    case '42501':
      return 'Grant this role the right to create and use tables in the database.'
    default:
      return 'Correct PGSSLMODE and PGSSLROOTCERT; the server certificate must name PG_HOST.'
  }
}
