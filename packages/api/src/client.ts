import type { z } from 'zod'
import { routes, type Route, type RouteName } from './routes/index.ts'
import { problem, type Problem } from './schemas.ts'

type Part<R, K extends string, Side extends 'in' | 'out'> = R extends { [P in K]: infer S extends z.ZodType }
  ? Side extends 'in'
    ? z.input<S>
    : z.output<S>
  : never

type Needs<R, K extends 'params' | 'query' | 'body'> = [Part<R, K, 'in'>] extends [never]
  ? unknown
  : Record<never, never> extends Part<R, K, 'in'>
    ? { readonly [P in K]?: Part<R, K, 'in'> }
    : { readonly [P in K]: Part<R, K, 'in'> }

export type CallInput<N extends RouteName> = Needs<(typeof routes)[N], 'params'> &
  Needs<(typeof routes)[N], 'query'> &
  Needs<(typeof routes)[N], 'body'> & {
    /** The version of the row that the person saw; sent as If-Match. */
    readonly ifMatch?: number
    /** One per intent; the same key again never acts twice. */
    readonly idempotencyKey?: string
    readonly signal?: AbortSignal
  }
export type CallOutput<N extends RouteName> = [Part<(typeof routes)[N], 'response', 'out'>] extends [never]
  ? undefined
  : Part<(typeof routes)[N], 'response', 'out'>

/** The server said no, or somebody between us and it did: then the code is one of those of `withoutReason`. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.detail)
    this.problem = problem
  }
}

export interface ApiClient {
  /**
   * @throws ApiError when the server refuses; whatever `fetch` throws when it cannot be reached, the call is aborted or
   * what came is no answer.
   */
  call<N extends RouteName>(name: N, input: CallInput<N>): Promise<CallOutput<N>>
}

/**
 * A typed client of every route.
 *
 * @param baseUrl '' in a browser on the same origin
 * @param fetchFn `fetch` or something like it
 */
export function createClient(
  baseUrl: string,
  fetchFn: typeof fetch,
  headers: Readonly<Record<string, string>> = {},
): ApiClient {
  return {
    async call(name, input) {
      const route: Route = routes[name]
      const { params, query, body, ifMatch, idempotencyKey, signal } = input as {
        params?: Record<string, string>
        query?: Record<string, string | number | undefined>
        body?: unknown
        ifMatch?: number
        idempotencyKey?: string
        signal?: AbortSignal
      }
      const path = route.path.replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(params?.[key] ?? ''))
      const search = new URLSearchParams()
      for (const [key, value] of Object.entries(query ?? {}))
        if (value !== undefined) search.set(key, String(value))
      const response = await fetchFn(`${baseUrl}${path}${search.size > 0 ? `?${search.toString()}` : ''}`, {
        method: route.method,
        headers: {
          ...headers,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(ifMatch === undefined ? {} : { 'if-match': `"${ifMatch}"` }),
          ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal ? { signal } : {}),
      })
      if (response.status === 204) return undefined as never
      // An answer that breaks off, or is not from our server at all, is none: never `null`.
      if (response.ok) return (await response.json()) as never
      const { status } = response
      // A machine in between may answer with JSON, too.
      const reason = problem.safeParse(await response.json().catch(() => null))
      throw new ApiError(reason.success ? { ...reason.data, status } : withoutReason(status))
    },
  }
}

/**
 * These say of a request, of its size or its form, that it does not get through, however often. The others may be the
 * sign-in page of a network, behind which our server may well be.
 */
const neverPasses: ReadonlySet<number> = new Set([411, 413, 414, 415, 431])

const withoutReason = (status: number): Problem =>
  neverPasses.has(status)
    ? {
        type: 'about:blank',
        title: 'Stopped on the way',
        status,
        detail: `Something on the way to the server does not let this pass (${status}). It is too large or of a wrong kind.`,
        code: 'stopped_on_the_way',
      }
    : {
        type: 'about:blank',
        title: 'Unreadable answer',
        status,
        detail: `The server answered ${status} without saying why.`,
        code: 'unreadable_answer',
      }
