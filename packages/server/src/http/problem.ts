import type { Problem } from '@fleet/api'
import { type AppErrorCode, errorTable, type Refusal, type RefusalCode, type RowRefusal } from '@fleet/domain'

interface Kind {
  readonly status: number
  readonly title: string
  readonly fix: string
  /** Seconds after which the same request may succeed. */
  readonly retryAfterS?: number
}

/** Why a command was refused, as HTTP. A refusal code without a row does not compile. */
const refusals = {
  not_found: { status: 404, title: 'Not found', fix: 'Check the address; the row may have been removed.' },
  impossible_step: { status: 409, title: 'Not possible now', fix: 'Reload and choose a possible step.' },
  stale_version: {
    status: 409,
    title: 'Changed meanwhile',
    fix: 'Look at `current` and `changedFields`, then send the change again with the new version.',
  },
  already_exists: { status: 409, title: 'Already exists', fix: 'Choose another value for the field named.' },
  in_use: { status: 409, title: 'In use', fix: 'Release it first.' },
  invalid_reference: {
    status: 422,
    title: 'Refers to what is not there',
    fix: 'Choose a row that exists for the field named.',
  },
  key_reused: {
    status: 422,
    title: 'Idempotency-Key used before',
    fix: 'Use a new Idempotency-Key for each intent, and the same one only to repeat the same request.',
  },
  wrong_pin: {
    status: 422,
    title: 'Wrong PIN',
    fix: 'Ask the customer for the PIN again; a dispatcher can look it up.',
  },
  forbidden: { status: 403, title: 'Not allowed', fix: 'Ask an admin to do this or to change your role.' },
} as const satisfies Record<RefusalCode, Kind>

/** Every problem that a client may be told. The code is stable; people read the sentence. */
const kinds = {
  ...refusals,
  invalid_request: {
    status: 400,
    title: 'The request has faults',
    fix: 'Correct the fields listed in `errors`.',
  },
  malformed_request: {
    status: 400,
    title: 'The request cannot be read',
    fix: 'Send a well-formed URL and valid JSON in UTF-8.',
  },
  not_signed_in: { status: 401, title: 'Not signed in', fix: 'Sign in and send the request again.' },
  wrong_credentials: {
    status: 401,
    title: 'Wrong name or password',
    fix: 'Check both, or ask an admin to set a new password.',
  },
  link_expired: {
    status: 401,
    title: 'The sign-in link is no longer good',
    fix: 'Start the program again: it prints a new link.',
  },
  wrong_origin: {
    status: 403,
    title: 'Came from another site',
    fix: 'Use the app at its own address; behind a proxy, set FLEET_PUBLIC_URL to that address.',
  },
  wrong_host: {
    status: 403,
    title: 'Unknown host name',
    fix: 'Use localhost or 127.0.0.1; behind a proxy, set FLEET_PUBLIC_URL to the address that people use.',
  },
  no_such_route: { status: 404, title: 'No such address', fix: 'See /api/docs for what there is.' },
  method_not_allowed: {
    status: 405,
    title: 'Method not allowed',
    fix: 'Use one of the methods in the Allow header.',
  },
  request_timeout: { status: 408, title: 'The request took too long', fix: 'Send it again.' },
  payload_too_large: { status: 413, title: 'The body is too large', fix: 'Send less at once.' },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported media type',
    fix: 'Send JSON with Content-Type: application/json.',
  },
  range_not_satisfiable: {
    status: 416,
    title: 'Beyond the end of the map tiles',
    fix: 'Ask for a range within the length that Content-Range names.',
  },
  too_many_requests: {
    status: 429,
    title: 'Too many requests',
    fix: 'Wait as long as the Retry-After header says.',
  },
  headers_too_large: {
    status: 431,
    title: 'The headers are too large',
    fix: 'Send fewer cookies and headers.',
  },
  internal_error: {
    status: 500,
    title: 'Our fault',
    fix: 'Report this with the request id; the log of the server has the details.',
  },
  database_unavailable: {
    status: 503,
    title: 'The database is away',
    fix: 'Send the request again with the same Idempotency-Key.',
    retryAfterS: 2,
  },
  outcome_unknown: {
    status: 503,
    title: 'The outcome is not known yet',
    fix: errorTable.outcome_unknown,
    retryAfterS: 1,
  },
  storage_failed: {
    status: 503,
    title: 'The data cannot be written',
    fix: errorTable.storage_failed,
    retryAfterS: 30,
  },
  busy: { status: 503, title: 'Busy', fix: 'Send the request again in a moment.', retryAfterS: 2 },
  stopping: { status: 503, title: 'Stopping', fix: 'Send the request again in a moment.', retryAfterS: 2 },
} as const satisfies Record<string, Kind>

export type ProblemCode = keyof typeof kinds

/** Errors of the app that a client may know of; any other is a bug of ours as seen from HTTP. */
export const problemOfAppError: Partial<Record<AppErrorCode, ProblemCode>> = {
  database_unavailable: 'database_unavailable',
  outcome_unknown: 'outcome_unknown',
  database_locked: 'database_unavailable',
  storage_failed: 'storage_failed',
  not_found: 'not_found',
}

export type FieldFault = NonNullable<Problem['errors']>[number]

/** An answer of 400 and above, thrown by handlers and turned into RFC 9457 `application/problem+json` at the edge. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem'
  readonly problem: Problem
  readonly headers: Readonly<Record<string, string>>

  constructor(
    code: ProblemCode,
    detail: string,
    more: Partial<Pick<Problem, 'errors' | 'current' | 'changedFields' | 'rows'>> & {
      headers?: Readonly<Record<string, string>>
      retryAfterMs?: number
      cause?: unknown
    } = {},
  ) {
    super(detail, more.cause === undefined ? undefined : { cause: more.cause })
    const kind: Kind = kinds[code]
    const { headers, retryAfterMs, cause: _cause, ...members } = more
    const retryAfterS = retryAfterMs === undefined ? kind.retryAfterS : Math.ceil(retryAfterMs / 1000)
    this.problem = {
      type: `urn:fleet:problem:${code}`,
      title: kind.title,
      status: kind.status,
      detail,
      code,
      fix: kind.fix,
      ...members,
    }
    this.headers = {
      ...headers,
      ...(retryAfterS === undefined ? {} : { 'retry-after': String(Math.max(1, retryAfterS)) }),
      // RFC 9110 asks for a challenge with every 401; a scheme of our own keeps browsers from showing their prompt.
      ...(kind.status === 401 ? { 'www-authenticate': 'Session realm="fleet"' } : {}),
    }
  }
}

export function refusalProblem(refusal: Refusal): HttpProblem {
  return new HttpProblem(refusal.code, refusal.message, {
    ...(refusal.field === undefined ? {} : { errors: [{ field: refusal.field, message: refusal.message }] }),
    ...(refusal.current === undefined ? {} : { current: refusal.current }),
    ...(refusal.changedFields === undefined ? {} : { changedFields: [...refusal.changedFields] }),
    ...(refusal.rows === undefined ? {} : { rows: refusal.rows.map(problemOfRow) }),
  })
}

function problemOfRow({ index, id, refusal }: RowRefusal): NonNullable<Problem['rows']>[number] {
  const { code, message, field, current, changedFields } = refusal
  return {
    index,
    id,
    code,
    detail: message,
    ...(field === undefined ? {} : { field }),
    ...(current === undefined ? {} : { current }),
    ...(changedFields === undefined ? {} : { changedFields: [...changedFields] }),
  }
}
