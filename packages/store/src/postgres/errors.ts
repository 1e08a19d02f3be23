import { AppError } from '@fleet/domain'
import { DatabaseError } from 'pg'

/**
 * What a failed statement says about its transaction. Before COMMIT was sent, `lost` means not applied; a COMMIT
 * that fails with `lost` has an unknown outcome. (PostgreSQL error codes:
 * https://www.postgresql.org/docs/17/errcodes-appendix.html)
 */
export type Failure =
  /** The server chose this transaction as a victim (deadlock, serialization): run it again. */
  | 'conflict'
  /** The connection or the server went away, or this server no longer takes writes: run it again on another. */
  | 'lost'
  /** Wrong password, unknown database, no permission: trying again does not help. */
  | 'refused'
  /** The statement itself is wrong: a bug. */
  | 'statement'

const conflictStates = new Set(['40001', '40P01', '55P03'])

/**
 * 57P01-57P03: shut down, crash, starting up. 25006: read-only, so this is a demoted primary or a standby. 53300:
 * too many connections. 57014 is a cancelled statement: its own timeout or an administrator. A COMMIT cancelled
 * while it waited for the synchronous standby has committed locally, which is why it counts as lost, not refused.
 */
const lostStates = new Set(['57P01', '57P02', '57P03', '57P05', '25006', '53300', '57014', '25P03'])

const refusedStates = new Set(['28000', '28P01', '3D000', '42501', '0LP01'])

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

export function classify(error: unknown): Failure {
  if (!(error instanceof Error)) return 'statement'
  if (error instanceof DatabaseError) {
    const state = error.code ?? ''
    if (conflictStates.has(state)) return 'conflict'
    if (lostStates.has(state) || state.startsWith('08')) return 'lost'
    if (refusedStates.has(state)) return 'refused'
    return 'statement'
  }
  // Node reports a name with several addresses as one error that holds the others.
  if (error instanceof AggregateError)
    return error.errors.some((one) => classify(one) === 'lost') ? 'lost' : 'statement'
  const code = 'code' in error ? String(error.code) : ''
  if (lostCodes.has(code) || lostMessages.test(error.message)) return 'lost'
  if (isTlsError(code, error)) return 'refused'
  return 'statement'
}

function isTlsError(code: string, error: Error): boolean {
  return (
    /^(ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_SSL)/.test(code) ||
    error.message === 'The server does not support SSL connections'
  )
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
 * Turns what `classify` calls lost or refused into an `AppError`; passes all else through.
 *
 * @param location host, port and database, without the password
 */
export function translatePostgresError(error: unknown, location: string): unknown {
  if (error instanceof AppError) return error
  const failure = classify(error)
  if (failure === 'lost')
    return new AppError('database_unavailable', `${location} does not answer: ${describeFailure(error)}.`, {
      cause: error,
    })
  if (failure === 'refused')
    return new AppError('database_unavailable', `${location} refuses: ${describeFailure(error)}.`, {
      cause: error,
      fix: refusedFix(error),
    })
  return error
}

function refusedFix(error: unknown): string {
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
