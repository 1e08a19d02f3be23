import type { CommandType, Refusal } from '@fleet/domain'
import type { Kysely } from 'kysely'
import type { CommandOutcome, ChangeCommand, ChangeSeq } from './port.ts'
import type { Schema } from './schema.ts'

/** What is recorded under a key. */
export type Recorded =
  | (Omit<Extract<CommandOutcome, { ok: true }>, 'replayed'> & {
      /**
       * Where its lines in the change log begin; they end at `seq`, with none of anybody else's between them. Missing in
       * what an older version of the app recorded.
       */
      readonly firstSeq?: ChangeSeq
      /** What was asked for; of an undo, what was asked for in the first place. */
      readonly commands?: readonly Exclude<ChangeCommand, 'undo'>[]
    })
  | { readonly ok: false; readonly refusal: Refusal }

export interface RecordedLine {
  readonly fingerprint: string
  readonly outcome: Recorded
}

export async function findRecorded(db: Kysely<Schema>, key: string): Promise<RecordedLine | null> {
  const row = await db
    .selectFrom('idempotency')
    .select(['fingerprint', 'outcome'])
    .where('key', '=', key)
    .executeTakeFirst()
  if (!row) return null
  // PostgreSQL's driver has parsed jsonb already.
  const outcome: unknown = row.outcome
  return {
    fingerprint: row.fingerprint,
    outcome: (typeof outcome === 'string' ? JSON.parse(outcome) : outcome) as Recorded,
  }
}

/** What the caller is told. */
export function toOutcome(recorded: Recorded, replayed: boolean): CommandOutcome {
  if (!recorded.ok) return { ok: false, refusal: recorded.refusal, replayed }
  return { ok: true, entity: recorded.entity, seq: recorded.seq, replayed }
}

/** The commands among what was recorded; null when not all of it was commands. */
export function commandsOf(recorded: Extract<Recorded, { ok: true }>): readonly CommandType[] | null {
  const commands: CommandType[] = []
  for (const command of recorded.commands ?? []) {
    if (command === 'demo.clear') return null
    commands.push(command)
  }
  return recorded.firstSeq === undefined || commands.length === 0 ? null : commands
}
