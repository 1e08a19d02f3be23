import { AppError } from '@fleet/domain'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Log } from '../log.ts'
import { HttpProblem, type ProblemCode, problemOfAppError } from './problem.ts'

/** Fastify's own complaints about a request. */
const fastifyCodes: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_NOT_FOUND: 'no_such_route',
}

/** What a client is told about any error that was thrown. */
export function toProblem(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error
  if (error instanceof AppError) {
    // The store could not read something that only the store can judge, like a cursor.
    if (error.code === 'usage') return new HttpProblem('invalid_request', error.message)
    const code = problemOfAppError[error.code]
    // The sentence of a database error may name hosts and files: those go to the log, not to clients.
    if (code)
      return new HttpProblem(code, code === 'not_found' ? error.message : (sentences[code] ?? 'It failed.'), {
        cause: error,
      })
  }
  if (error instanceof Error) {
    const { code, statusCode } = error as Error & { code?: unknown; statusCode?: unknown }
    const known = typeof code === 'string' ? fastifyCodes[code] : undefined
    if (known) return new HttpProblem(known, sentences[known] ?? 'It cannot be done.')
    if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
      return new HttpProblem(
        'malformed_request',
        'The request is not well-formed HTTP with a JSON body in UTF-8.',
      )
  }
  return new HttpProblem('internal_error', 'Something went wrong on our side.', { cause: error })
}

const sentences: Partial<Record<ProblemCode, string>> = {
  unsupported_media_type: 'The body is of a type that this route does not take.',
  payload_too_large: 'The body is larger than this route takes.',
  no_such_route: 'There is nothing at this address.',
  database_unavailable: 'The database cannot be reached at the moment; nothing was changed.',
  outcome_unknown:
    'The connection to the database broke during the commit: the change may or may not have happened.',
  storage_failed: 'The database could not write.',
}

/** Writes one problem, whatever was thrown, and logs it when it is not the client's doing. */
export function sendProblem(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Log,
): FastifyReply {
  const { problem, headers, cause } = toProblem(error)
  const fields = { requestId: request.id, route: request.routeOptions.url ?? null, code: problem.code }
  if (problem.code === 'internal_error') log.error({ ...fields, error: cause }, 'A request met a bug')
  else if (problem.status >= 500) log.warn({ ...fields, error: cause }, 'A request could not be served')
  return (
    reply
      .code(problem.status)
      .headers(headers)
      // Here, too: an address that cannot be decoded never gets as far as the hooks.
      .headers({
        'x-request-id': request.id,
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      })
      .type('application/problem+json')
      .send(JSON.stringify({ ...problem, instance: `urn:uuid:${request.id}` }))
  )
}
