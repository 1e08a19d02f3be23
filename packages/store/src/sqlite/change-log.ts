import type { DatabaseSync } from 'node:sqlite'
import type { Kysely } from 'kysely'
import type { TransactionRecord } from '../backend.ts'
import { linesAStatement, seqAfter } from '../change-lines.ts'
import type { ChangeSeq } from '../port.ts'
import type { Schema } from '../schema.ts'
import { prepared } from './statements.ts'

/** See `CommandTransaction.record`. */
export async function writeRecord(
  db: DatabaseSync,
  layer: Kysely<Schema>,
  { key, fingerprint, atMs, lines, outcome, namesLines }: TransactionRecord,
): Promise<ChangeSeq> {
  // Lines are never deleted, so the next after the last is new. As text: what was copied from PostgreSQL may pass 2^53.
  const newest = prepared(db, 'SELECT CAST(coalesce(max(seq), 0) AS TEXT) AS last FROM changes').get()
  const firstSeq = seqAfter(newest!['last'] as ChangeSeq, 1)
  for (let from = 0; from < lines.length; from += linesAStatement) {
    const rows = lines.slice(from, from + linesAStatement).map((line, index) => ({
      seq: BigInt(seqAfter(firstSeq, from + index)),
      at_ms: line.atMs,
      kind: line.kind,
      entity_id: line.id,
      version: line.version,
      entity: line.entity === null ? null : JSON.stringify(line.entity),
      command: line.command,
      actor_id: line.actorId,
      actor: line.actor,
    }))
    await layer.insertInto('changes').values(rows).execute()
  }
  const named = namesLines ? { ...outcome, firstSeq, seq: seqAfter(firstSeq, lines.length - 1) } : outcome
  await layer
    .insertInto('idempotency')
    .values({ key, fingerprint, outcome: JSON.stringify(named), at_ms: atMs })
    .execute()
  return firstSeq
}
