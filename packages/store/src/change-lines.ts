import type { AnyEntity, EntityByKind, EntityKind } from '@fleet/domain'
import { sql, type Kysely } from 'kysely'
import type { Backend } from './backend.ts'
import { idsAStatement } from './entities.ts'
import type { Change, ChangeSeq } from './port.ts'
import type { ChangeRow, Schema } from './schema.ts'

/** What is read of a line: the seq as text, since it may pass 2^53. */
export type ReadChangeRow = Omit<ChangeRow, 'seq'> & { seq: string }

/** Before the first line. */
export const noSeq = '0' as ChangeSeq
/** As many are written at once. */
export const linesAStatement = 200

/** The seq of a line of a transaction: 0 for its first. */
export const seqAfter = (first: ChangeSeq, ordinal: number) =>
  String(BigInt(first) + BigInt(ordinal)) as ChangeSeq

/** The version of each row's last line, also of those that were removed; rows that never were are not named. */
export async function lastVersions(
  db: Kysely<Schema>,
  kind: EntityKind,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const versions = new Map<string, number>()
  for (let from = 0; from < ids.length; from += idsAStatement) {
    const lines = await db
      .selectFrom('changes')
      .select(['entity_id', (line) => line.fn.max('version').as('version')])
      .where('kind', '=', kind)
      .where('entity_id', 'in', ids.slice(from, from + idsAStatement))
      .groupBy('entity_id')
      .execute()
    for (const { entity_id: id, version } of lines) versions.set(id, version)
  }
  return versions
}

/** Rows as they were at one version. */
export async function entitiesAt(
  db: Kysely<Schema>,
  kind: EntityKind,
  version: number,
  ids: readonly string[],
): Promise<ReadonlyMap<string, AnyEntity | null>> {
  const found = new Map<string, AnyEntity | null>()
  for (let from = 0; from < ids.length; from += idsAStatement) {
    const lines = await db
      .selectFrom('changes')
      .select(['entity_id', 'entity'])
      .where('kind', '=', kind)
      .where('entity_id', 'in', ids.slice(from, from + idsAStatement))
      .where('version', '=', version)
      .execute()
    for (const { entity_id: id, entity } of lines) found.set(id, parseEntity(kind, entity))
  }
  return found
}

export function toChange(row: ReadChangeRow): Change {
  return {
    seq: row.seq as ChangeSeq,
    atMs: row.at_ms,
    kind: row.kind,
    id: row.entity_id,
    version: row.version,
    entity: parseEntity(row.kind, row.entity),
    command: row.command,
    actorId: row.actor_id as Change['actorId'],
    actor: row.actor,
  }
}

/** What rows of older versions of the app did not have yet. */
const laterFields: { readonly [K in EntityKind]?: Partial<EntityByKind[K]> } = {
  delivery: { pinRequired: false, pinFailures: 0, proof: null },
  issue: { photoId: null },
}

/** PostgreSQL's driver has parsed jsonb already. */
export function parseEntity(kind: EntityKind, value: unknown): AnyEntity | null {
  const entity = (typeof value === 'string' ? JSON.parse(value) : value) as AnyEntity | null
  const later = laterFields[kind]
  return entity === null || later === undefined ? entity : { ...later, ...entity }
}

export function selectChanges(db: Kysely<Schema>) {
  return db
    .selectFrom('changes')
    .select(['at_ms', 'kind', 'entity_id', 'version', 'entity', 'command', 'actor_id', 'actor'])
    .select(sql<string>`cast(seq as text)`.as('seq'))
}

/**
 * The last line that no line can come before any more.
 *
 * It is a line's seq, never a number that is merely safe at the moment: after a failover the new primary continues from
 * the last transaction id that it received, and a cursor ahead of that would miss its first changes.
 */
export async function headSeq(
  db: Kysely<Schema>,
  settled: Backend<unknown>['settledChanges'],
): Promise<ChangeSeq> {
  // ORDER BY ... LIMIT 1 walks the index from its end; max() with a condition may not.
  const row = await db
    .selectFrom('changes')
    .select(sql<string>`cast(seq as text)`.as('head'))
    .where(settled)
    .orderBy(sql`changes.seq`, 'desc')
    .limit(1)
    .executeTakeFirst()
  return (row?.head as ChangeSeq | undefined) ?? noSeq
}
