import { type Role } from '@fleet/domain'
import { z } from 'zod'
import * as s from '../schemas.ts'

/** One HTTP route: what it takes, what it gives, who may. The server, the web client and OpenAPI read this. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** `:name` marks a path parameter. */
  readonly path: string
  readonly summary: string
  readonly tag: string
  /** `anyone` needs no session. */
  readonly roles: readonly Role[] | 'anyone'
  readonly params?: z.ZodType
  readonly query?: z.ZodType
  readonly body?: z.ZodType
  /** Left out: 204, no body. */
  readonly response?: z.ZodType
  /** What it answers is no JSON but a file of this type, like `image/*`. */
  readonly mediaType?: string
  /** How much a request may hold when that is more than usual. */
  readonly bodyLimitBytes?: number
  /** A mutation: honours `Idempotency-Key`, and `If-Match` where the row has an ETag. */
  readonly mutation: boolean
}

export const route = <const R extends Route>(definition: R) => definition

export const signedIn = ['admin', 'dispatcher', 'mechanic', 'courier', 'viewer'] as const
export const staff = ['admin', 'dispatcher', 'mechanic', 'viewer'] as const
export const dispatch = ['admin', 'dispatcher'] as const
export const workshop = ['admin', 'dispatcher', 'mechanic'] as const
export const admin = ['admin'] as const
/** A courier may do this to their own shift, bike, deliveries and issues only; the server checks whose they are. */
export const street = ['admin', 'dispatcher', 'courier'] as const

export const byId = <Id>(id: z.ZodType<Id, string>) => z.object({ id })
/** `a` or `a,b`: any of. */
export const anyOf = <const T extends readonly string[]>(values: T) =>
  z
    .string()
    .transform((list) => list.split(','))
    .pipe(z.array(z.enum(values)))
    .optional()
/** Unknown names are faults: a filter that is misspelt must not silently list everything. */
export const listQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: s.cursor.optional(),
  search: s.text(100).optional(),
})
export const queryTime = z.coerce.number().pipe(s.timeMs)
export const historyQuery = z.strictObject({
  fromMs: queryTime,
  toMs: queryTime,
  limit: z.coerce.number().int().min(1).max(10_000).default(5_000),
  cursor: s.cursor.optional(),
})
/** Up to the year 2200: later than any clock that we meet, and a day that calendars know. */
const spanTime = z.coerce.number().pipe(z.int().min(0).max(7_258_118_400_000))
export const span = { fromMs: spanTime, toMs: spanTime }
export const endsAfterItBegins = ({ fromMs, toMs }: { fromMs: number; toMs: number }) => fromMs < toMs
export const note = s.text(2000)
/** A file of deliveries with a day's work in it; what is done in one request is undone in one. */
export const mostCommandsAtOnce = 5_000

export const patchOf = <T extends z.ZodRawShape>(shape: T) =>
  z
    .strictObject(shape)
    .refine((patch) => Object.values(patch).some((value) => value !== undefined), 'names nothing to change')
