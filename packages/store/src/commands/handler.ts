import {
  accept,
  type AnyEntity,
  type AttachmentKind,
  type CommandOf,
  type CommandType,
  type Decision,
  type EntityByKind,
  type EntityKind,
  type Refusal,
  refuse,
} from '@fleet/domain'
import type { AttachmentSubject, CommandContext } from '../port.ts'
import type { LookupName } from './lookups.ts'

/**
 * What a handler may see. There is no way to write from here, and every way to read locks first: handlers decide, and
 * the executor writes once all are decided. So a transaction's first write comes after its last lock, which is what
 * makes the order of the change log the order of conflicts (postgres/change-log.ts).
 *
 * Locks are taken in this order, so that two commands never wait for each other: names and guards, service, issue, user, device,
 * delivery, courier, bike, zone. A command that breaks the order costs a deadlock and a retry, not correctness.
 */
export interface CommandReader {
  /** The row, locked until the transaction ends, or null. */
  load<K extends EntityKind>(kind: K, id: string): Promise<EntityByKind[K] | null>
  /** The row as it was at that version, or null when it never had it. */
  atVersion<K extends EntityKind>(kind: K, id: string, version: number): Promise<EntityByKind[K] | null>
  /** Ids of the rows that match. Lock the row that `value` names before asking. */
  find(lookup: LookupName, value: string): Promise<readonly string[]>
  /** Locks the value itself (a code, a name), then answers like `find`: for what must be unique. */
  claim(lookup: LookupName, value: string): Promise<readonly string[]>
  /** What an attachment belongs to, kept from being removed until the transaction ends; or null. */
  attachment(
    id: string,
  ): Promise<{ readonly subject: AttachmentSubject; readonly kind: AttachmentKind } | null>
  /** The PIN of a delivery: the same for ever. */
  pinOf(deliveryId: string): Promise<string>
}

export type HandlerContext = Pick<CommandContext, 'actor' | 'nowMs'> & {
  readonly demo: boolean
  /** Asked for by a courier, who may not see all that others see. */
  readonly byCourier: boolean
}

/** One row's change, as data. */
export type Write = {
  readonly [K in EntityKind]: {
    readonly kind: K
    readonly change: 'insert' | 'update' | 'remove'
    /** The row after the change; for a removal the last state, with the version of the removal. */
    readonly entity: EntityByKind[K]
    /** Stored beside the entity and never part of it: a device's secret hash, a user's password hash. */
    readonly secret?: string | null
  }
}[EntityKind]

/** The first write is of the row that the command is about. */
export type Writes = readonly [Write, ...Write[]]

/**
 * What a handler came to. A refusal may leave something behind, such as the count of wrong tries: it is written with
 * the refusal, so that the same key again counts no second time. Sent together with other commands, it leaves nothing.
 */
export type Handling =
  | Decision<Writes>
  | { readonly ok: false; readonly refusal: Refusal; readonly leaves: Writes }

export type Handler<T extends CommandType> = (
  tx: CommandReader,
  command: CommandOf<T>,
  context: HandlerContext,
) => Promise<Handling>

export type HandlersOf<Prefix extends EntityKind> = {
  readonly [T in Extract<CommandType, `${Prefix}.${string}`>]: Handler<T>
}

/** What a new row starts with. Its `no` or `code` is filled in by the executor when it writes. */
export function createdBy({ nowMs, demo }: HandlerContext) {
  return { version: 1, createdAtMs: nowMs, updatedAtMs: nowMs, demo }
}

/** The row with the patch applied, one version on. */
export function changed<E extends AnyEntity>(entity: E, patch: Partial<E>, { nowMs }: HandlerContext): E {
  return { ...entity, ...patch, version: entity.version + 1, updatedAtMs: nowMs }
}

/** Refuses to give an id twice, also the id of a row that was removed: its lines in the change log go on counting. */
export async function checkIdIsNew(tx: CommandReader, kind: EntityKind, id: string): Promise<Decision<null>> {
  if (await tx.load(kind, id))
    return refuse('already_exists', `This ${kind} exists already.`, { field: 'id' })
  if (await tx.atVersion(kind, id, 1))
    return refuse('already_exists', `A ${kind} with this id existed and was removed; choose a new id.`, {
      field: 'id',
    })
  return accept(null)
}

/** The row if it is still at the version that the person saw. */
export async function loadExpected<K extends EntityKind>(
  tx: CommandReader,
  kind: K,
  id: string,
  expectedVersion: number | null,
): Promise<Decision<EntityByKind[K]>> {
  const current = await tx.load(kind, id)
  if (!current) return refuse('not_found', `This ${kind} does not exist (any more).`, { field: 'id' })
  if (expectedVersion === null || expectedVersion === current.version) return accept(current)
  const seen = await tx.atVersion(kind, id, expectedVersion)
  return refuse(
    'stale_version',
    `Somebody else changed this ${kind} in the meantime. Look at the new state and decide again.`,
    { current, ...(seen ? { changedFields: differingFields(seen, current) } : {}) },
  )
}

function differingFields(before: AnyEntity, after: AnyEntity): string[] {
  const values = (entity: AnyEntity) => new Map<string, unknown>(Object.entries(entity))
  const [a, b] = [values(before), values(after)]
  return [...new Set([...a.keys(), ...b.keys()])].filter(
    (field) =>
      field !== 'version' &&
      field !== 'updatedAtMs' &&
      canonicalJson(a.get(field)) !== canonicalJson(b.get(field)),
  )
}

/** JSON with the keys in order: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return (
    JSON.stringify(value, (_key, part: unknown) =>
      part !== null && typeof part === 'object' && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
        : part,
    ) ?? 'undefined'
  )
}

/** A reference to a row that must exist, as a refusal if it does not. */
export async function checkExists(
  tx: CommandReader,
  kind: EntityKind,
  id: string | null,
  field: string,
): Promise<Decision<null>> {
  if (id !== null && !(await tx.load(kind, id)))
    return refuse('invalid_reference', `The ${kind} named here does not exist (any more).`, { field })
  return accept(null)
}
