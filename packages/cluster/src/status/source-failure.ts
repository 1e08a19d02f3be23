import { ClusterError } from '../cluster-error.ts'

/**
 * Why a source gave no truth.
 *
 * - `no_answer`: nothing came before the deadline: the machine is off, cut away or frozen
 * - `refused`: the machine is up and nothing listens
 * - `no_route`: this machine knows no way there
 * - `wrong_certificate`: it does not prove to be this cluster's, or does not take our certificate
 * - `denied`: it answered, and does not let us in
 * - `broken_off`: it ended the connection without an answer
 * - `bad_answer`: it answered something that is none
 */
export type FailureKind =
  | 'no_answer'
  | 'refused'
  | 'no_route'
  | 'wrong_certificate'
  | 'denied'
  | 'broken_off'
  | 'bad_answer'

export interface SourceFailure {
  readonly kind: FailureKind
  /** For a person, without the name of the source: "no answer within 2 s". */
  readonly message: string
}

/** Thrown by a client that knows what went wrong. */
export class SourceError extends Error {
  override readonly name = 'SourceError'
  readonly failure: SourceFailure

  constructor(kind: FailureKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.failure = { kind, message }
  }
}

/** @param deadlineMs what the source was given */
export const noAnswer = (deadlineMs: number): SourceFailure => ({
  kind: 'no_answer',
  message: `no answer within ${Number((deadlineMs / 1000).toFixed(1))} s`,
})

const foreign = "its certificate is not from this cluster's authority"
const certificateProblems: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: compare the clocks',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name or address',
  DEPTH_ZERO_SELF_SIGNED_CERT: foreign,
  SELF_SIGNED_CERT_IN_CHAIN: foreign,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: foreign,
  UNABLE_TO_GET_ISSUER_CERT: foreign,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: foreign,
  CERT_SIGNATURE_FAILURE: foreign,
}

/**
 * Names the failure of a connection in words, from the codes of Node's sockets, TLS and HTTP clients that are found
 * in the error or in what caused it. Anything that is no failure of a connection is thrown on: it is a bug.
 *
 * @param deadlineMs what the source was given
 */
export function nameFailure(error: unknown, deadlineMs: number): SourceFailure {
  if (error instanceof SourceError) return error.failure
  const codes = codesOf(error)
  for (const code of codes) {
    const failure = failureOfCode(code)
    if (failure) return failure
  }
  if (codes.some((code) => /TIMEOUT|ETIMEDOUT|ABORT/u.test(code))) return noAnswer(deadlineMs)
  if (!(error instanceof ClusterError)) throw error
  if (error.code === 'timed_out') return noAnswer(deadlineMs)
  if (error.code === 'host_unreachable') return sshFailure(error, deadlineMs)
  if (error.code === 'command_failed') return { kind: 'bad_answer', message: firstLine(error.message) }
  throw error
}

function failureOfCode(code: string): SourceFailure | null {
  const certificate = certificateProblems[code]
  if (certificate) return { kind: 'wrong_certificate', message: certificate }
  if (/^ERR_SSL_.*(ALERT|CERT)/u.test(code))
    return { kind: 'wrong_certificate', message: 'it does not take our certificate' }
  if (/^ERR_SSL_|^EPROTO$/u.test(code)) return { kind: 'bad_answer', message: 'it does not speak TLS' }
  switch (code) {
    case 'ECONNREFUSED':
      return { kind: 'refused', message: 'connection refused: nothing listens there' }
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
    case 'EADDRNOTAVAIL':
      return { kind: 'no_route', message: 'no way to that address' }
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return { kind: 'broken_off', message: 'the connection broke before the answer' }
    default:
      return null
  }
}

/** ssh says in words what happened; these are OpenSSH's own, with libc's behind them. */
function sshFailure(error: ClusterError, deadlineMs: number): SourceFailure {
  const said = error.message
  if (/timed out|no connection in|no answer during/iu.test(said)) return noAnswer(deadlineMs)
  if (/connection refused/iu.test(said)) return { kind: 'refused', message: 'ssh: connection refused' }
  if (/no route|unreachable/iu.test(said)) return { kind: 'no_route', message: 'ssh: no way to that address' }
  if (/host key/iu.test(said))
    return { kind: 'wrong_certificate', message: 'ssh: its host key is not the known one' }
  if (/permission denied/iu.test(said)) return { kind: 'denied', message: 'ssh: permission denied' }
  if (/closed|reset|broke/iu.test(said)) return { kind: 'broken_off', message: 'ssh: the connection broke' }
  return { kind: 'broken_off', message: firstLine(said) }
}

function codesOf(error: unknown): string[] {
  const codes: string[] = []
  // Undici and Node wrap: a handful of causes is deep enough, and a circle ends.
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    const { code } = at as { code?: unknown }
    if (typeof code === 'string' && !(at instanceof ClusterError)) codes.push(code)
    if (at.name === 'TimeoutError' || at.name === 'AbortError') codes.push('ABORT_ERR')
    // Happy eyeballs gathers one error an address.
    if (at instanceof AggregateError) codes.push(...at.errors.flatMap(codesOf))
  }
  return codes
}

const firstLine = (text: string): string => text.split('\n', 1)[0]?.slice(0, 160).trim() ?? ''
