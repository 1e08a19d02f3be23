import { createHash } from 'node:crypto'
import {
  AppError,
  type CommandOf,
  type CommandType,
  type EntityByKind,
  type KindOf,
  type UserId,
} from '@fleet/domain'
import type { CommandContext, Store } from '@fleet/store'
import type { SignedIn } from '../auth/sessions.ts'
import type { Answer } from './call.ts'
import { restrictedTo } from './handlers/own.ts'
import { HttpProblem, refusalProblem } from './problem.ts'

/** The part of a call that a command needs. */
export interface Intent {
  readonly signedIn: SignedIn
  readonly key: string
  /** Ends the tries to reach a database that is away: whoever asked sends the same key again. */
  readonly signal?: AbortSignal
}

/**
 * The key as the store knows it: two people may choose the same key, and neither may see or block the other's
 * outcome.
 */
export const storeKey = (intent: Intent): string => storeKeyOf(intent.signedIn.user.id, intent.key)

/** The same for what that person did. */
export function storeKeyOf(userId: UserId, sent: string): string {
  const key = `${userId}:${sent}`
  // The store takes 200 characters.
  return key.length <= 200 ? key : `${userId}:sha256:${sha256(sent).toString('base64url')}`
}

/** On whose behalf, and when, the store does what was asked for. */
export function contextOf(intent: Intent, nowMs: number): CommandContext {
  const { user } = intent.signedIn
  return {
    key: storeKey(intent),
    actor: { id: user.id, name: user.name },
    nowMs,
    onlyForCourier: restrictedTo(intent.signedIn),
    ...(intent.signal ? { signal: intent.signal } : {}),
  }
}

/**
 * The id of a row to be created whose client chose none: the same for the same person, key and command, so that a
 * repeated request is the same command and meets its recorded outcome. A UUID version 8 (RFC 9562, 5.8).
 */
export function idFor<Id extends string>(intent: Intent, type: CommandType): Id {
  const bytes = sha256(`${type}\n${storeKey(intent)}`).subarray(0, 16)
  bytes[6] = 0x80 | (bytes[6]! & 0x0f)
  bytes[8] = 0x80 | (bytes[8]! & 0x3f)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}` as Id
}

export interface Executed<T extends CommandType> {
  readonly entity: EntityByKind[KindOf<T>] | null
  readonly replayed: boolean
}

/**
 * Executes a command for the person who sent it; for a courier only what is theirs.
 *
 * @throws HttpProblem for a refusal; AppError when the database is away or the outcome is not known
 */
export async function execute<T extends CommandType>(
  store: Store,
  now: () => number,
  intent: Intent,
  command: CommandOf<T>,
): Promise<Executed<T>> {
  const outcome = await store.execute<T>(command, contextOf(intent, now()))
  if (!outcome.ok) throw refusalProblem(outcome.refusal)
  return outcome
}

/**
 * What comes after a commit and needs the database once more.
 *
 * @throws AppError outcome_unknown where the work says that the database is away: nobody may be told that nothing was done
 */
export async function afterCommit<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'database_unavailable') throw error
    throw new AppError('outcome_unknown', `After the commit: ${error.message}`, { cause: error })
  }
}

/** The answer to a command that leaves a row. */
export function rowAnswer<T extends CommandType>(executed: Executed<T>): Answer<EntityByKind[KindOf<T>]> {
  const { entity, replayed } = executed
  // The same key again, after somebody removed the row.
  if (!entity) throw new HttpProblem('not_found', 'This was done before, and the row was removed since.')
  return { body: entity, version: entity.version, replayed }
}

export function createdAnswer<T extends CommandType>(
  path: string,
  executed: Executed<T>,
): Answer<EntityByKind[KindOf<T>]> {
  const answer = rowAnswer(executed)
  return { ...answer, location: `${path}/${answer.body.id}` }
}

export const removedAnswer = (executed: { readonly replayed: boolean }): Answer<undefined> => ({
  body: undefined,
  replayed: executed.replayed,
})

/** Which row a command is about, and the version that it was decided on. */
export const target = <Id>(call: {
  readonly params: { readonly id: Id }
  readonly expectedVersion: number | null
}): { id: Id; expectedVersion: number | null } => ({
  id: call.params.id,
  expectedVersion: call.expectedVersion,
})

/** Copies an object without its absent fields: for the domain, absent and undefined are not the same. */
export type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}
export const present = <T extends object>(patch: T): Present<T> =>
  Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as Present<T>

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest()
