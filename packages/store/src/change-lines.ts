import type { AnyEntity } from '@fleet/domain'
import { sql, type Kysely } from 'kysely'
import type { Backend } from './backend.ts'
import type { Change, ChangeSeq } from './port.ts'
import type { ChangeRow, Schema } from './schema.ts'

/** What is read of a line: the seq as text, since it may pass 2^53. */
export type ReadChangeRow = Omit<ChangeRow, 'seq'> & { seq: string }

/** Before the first line. */
export const noSeq = '0' as ChangeSeq
const linesAStatement = 200

export async function insertChanges(db: Kysely<Schema>, lines: readonly Change[]): Promise<void> {
  for (let from = 0; from < lines.length; from += linesAStatement) {
    const rows = lines.slice(from, from + linesAStatement).map((line) => ({
      seq: BigInt(line.seq),
      at_ms: line.atMs,
      kind: line.kind,
      entity_id: line.id,
      version: line.version,
      entity: line.entity === null ? null : JSON.stringify(line.entity),
      command: line.command,
      actor_id: line.actorId,
      actor: line.actor,
    }))
    await db.insertInto('changes').values(rows).execute()
  }
}

export function toChange(row: ReadChangeRow): Change {
  return {
    seq: row.seq as ChangeSeq,
    atMs: row.at_ms,
    kind: row.kind,
    id: row.entity_id,
    version: row.version,
    entity: parseEntity(row.entity),
    command: row.command,
    actorId: row.actor_id as Change['actorId'],
    actor: row.actor,
  }
}

/** PostgreSQL's driver has parsed jsonb already. */
export function parseEntity(value: unknown): AnyEntity | null {
  return (typeof value === 'string' ? JSON.parse(value) : value) as AnyEntity | null
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
