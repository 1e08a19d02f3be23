import { randomUUID } from 'node:crypto'
import { type Route, type RouteName, routes } from '@fleet/api'
import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { SignedIn } from '../auth/sessions.ts'
import { faultsOf } from './faults.ts'
import { type FieldFault, HttpProblem } from './problem.ts'

type Routes = typeof routes
type Output<R, Part extends string> = R extends { [P in Part]: infer S extends z.ZodType }
  ? z.output<S>
  : undefined

/** A request of one route after its parts were found valid. */
export interface Call<N extends RouteName = RouteName> {
  readonly route: Route
  readonly params: Output<Routes[N], 'params'>
  readonly query: Output<Routes[N], 'query'>
  readonly body: Output<Routes[N], 'body'>
  readonly signedIn: Routes[N]['roles'] extends 'anyone' ? SignedIn | null : SignedIn
  /** From `Idempotency-Key`, or made up. */
  readonly key: string
  /** From `If-Match`; null accepts any version. */
  readonly expectedVersion: number | null
  /** The address that the request came from, after proxies that are trusted. */
  readonly address: string
  /** Aborted when whoever asked went away. */
  readonly signal: AbortSignal
}

type DeepReadonly<T> = unknown extends T
  ? T
  : T extends readonly (infer Item)[]
    ? readonly DeepReadonly<Item>[]
    : T extends string | number | boolean | null | undefined
      ? T
      : { readonly [K in keyof T]: DeepReadonly<T[K]> }

/** What a handler answers; the edge makes status and headers of it. */
export interface Answer<Body> {
  readonly body: Body
  /** A file, instead of a body. */
  readonly media?: { readonly type: string; readonly bytes: Uint8Array }
  /** A row's version: its ETag. */
  readonly version?: number
  /** The address of what was created: 201 with `Location`. */
  readonly location?: string
  /** The outcome was recorded when the same key came before. */
  readonly replayed?: boolean
  /** A session that begins, or null for the one that ended. */
  readonly session?: Pick<SignedIn, 'token' | 'expiresAtMs'> | null
}

export type Handler<N extends RouteName> = (
  call: Call<N>,
) => Promise<Answer<DeepReadonly<Output<Routes[N], 'response'>>>>

/** One handler for each route: a missing one does not compile. */
export type Handlers = { readonly [N in RouteName]: Handler<N> }

/**
 * Reads a request by its route's schemas.
 *
 * @throws HttpProblem 400 that lists every fault in path, query, body and headers at once
 */
export function readCall(name: RouteName, request: FastifyRequest): Call {
  const route: Route = routes[name]
  const faults: FieldFault[] = []
  const read = (schema: z.ZodType | undefined, value: unknown, within: string): unknown => {
    if (!schema) return undefined
    const result = schema.safeParse(value)
    if (result.success) return result.data
    faults.push(...faultsOf(result.error.issues, within, value))
    return undefined
  }
  const params = read(route.params, request.params, 'path')
  const query = read(route.query, request.query, 'query')
  // A body that was left out is an empty one: then the faults name the fields that are missing.
  const body = read(route.body, request.body ?? {}, '')
  const key = route.mutation ? readKey(request.headers['idempotency-key'], faults) : ''
  const expectedVersion = route.mutation ? readIfMatch(request.headers['if-match'], faults) : null
  if (faults.length > 0)
    throw new HttpProblem(
      'invalid_request',
      faults.length === 1
        ? `${faults[0]!.field}: ${faults[0]!.message}.`
        : `${faults.length} fields are at fault.`,
      { errors: faults },
    )
  return {
    route,
    params,
    query,
    body,
    signedIn: request.signedIn,
    key,
    expectedVersion,
    address: request.ip,
    signal: request.gone,
  } as unknown as Call
}

function readKey(header: string | string[] | undefined, faults: FieldFault[]): string {
  if (header === undefined) return randomUUID()
  if (typeof header === 'string' && /^[\x21-\x7e]{1,200}$/.test(header)) return header
  faults.push({ field: 'Idempotency-Key', message: 'must be 1 to 200 visible ASCII characters' })
  return ''
}

/**
 * One strong entity tag, as this server gives them, or `*`. A list makes no sense for rows with one current
 * version, and a weak tag never matches in If-Match (RFC 9110, 13.1.1).
 */
function readIfMatch(header: string | undefined, faults: FieldFault[]): number | null {
  if (header === undefined || header.trim() === '*') return null
  const version = Number(/^\s*"([1-9]\d{0,14})"\s*$/.exec(header)?.[1])
  if (Number.isSafeInteger(version)) return version
  faults.push({ field: 'If-Match', message: 'must be the ETag of the row as the server sent it, like "3"' })
  return null
}

export const etagOf = (version: number): string => `"${version}"`

/** Whether `If-None-Match` names this version: by weak comparison (RFC 9110, 13.1.2). */
export function isUnchanged(ifNoneMatch: string | undefined, version: number): boolean {
  if (ifNoneMatch === undefined) return false
  if (ifNoneMatch.trim() === '*') return true
  return ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etagOf(version))
}
