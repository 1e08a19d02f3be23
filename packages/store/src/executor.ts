import { createHash } from 'node:crypto'
import {
  accept,
  refuse,
  type AnyEntity,
  type Command,
  type CommandType,
  type EntityKind,
  type Refusal,
} from '@fleet/domain'
import type { Backend, CommandTransaction, Counter } from './backend.ts'
import { insertChanges, noSeq } from './change-lines.ts'
import { createCommandReader, type DecidingReader } from './command-reader.ts'
import { decide } from './commands/dispatch.ts'
import { canonicalJson, type Write } from './commands/handler.ts'
import { checkOwnership } from './commands/ownership.ts'
import { applyWrites } from './entities.ts'
import type { Change, ChangeSeq, CommandContext, CommandOutcome } from './port.ts'

/** More rows than this are not locked one by one: PostgreSQL's table of locks has room for some 6,000 in all. */
const maxRowLocks = 300

/** What is recorded under a key. */
type Recorded =
  | Omit<Extract<CommandOutcome, { ok: true }>, 'replayed'>
  | { readonly ok: false; readonly refusal: Refusal }

/** A write together with the command that asked for it: one line of the change log. */
export interface AttributedWrite {
  readonly write: Write
  readonly command: CommandType | 'demo.clear'
}

/** What a transaction came to before anything was written. */
export type Verdict =
  | { readonly ok: true; readonly writes: readonly AttributedWrite[]; readonly subject: Write | null }
  | { readonly ok: false; readonly refusal: Refusal }

/**
 * Executes work once per key.
 *
 * One transaction: lock the key, look for a recorded outcome, lock and read the rows, decide, and only then write: the
 * rows, their lines in the change log, the outcome under the key. If the process dies at any line before the commit,
 * nothing of it is there and the same key may be sent again; after it, all of it is there and the key answers.
 */
export async function executeOnce<Tx>(
  backend: Backend<Tx>,
  context: CommandContext,
  intent: { readonly fingerprint: string; readonly wide: boolean },
  decideAll: (reader: DecidingReader, tx: CommandTransaction<Tx>) => Promise<Verdict>,
  alsoWrite: (tx: CommandTransaction<Tx>) => Promise<void> = () => Promise.resolve(),
): Promise<CommandOutcome> {
  checkKey(context.key)
  const attempt = (forced: Refusal | null) =>
    backend.command(async (tx): Promise<CommandOutcome> => {
      // Locks: everything (shared, or alone for wide work), the key, then what handlers load. See commands/handler.ts.
      await tx.lock('everything', intent.wide ? 'exclusive' : 'shared')
      await tx.lock(`key:${context.key}`)
      const earlier = await findRecorded(tx, context.key)
      if (earlier) return replay(earlier, intent.fingerprint)
      const verdict: Verdict = forced
        ? { ok: false, refusal: forced }
        : await decideAll(createCommandReader(tx, !intent.wide), tx)
      // From here on this transaction only writes.
      const outcome: Recorded = verdict.ok
        ? await writeAll(tx, verdict, context, alsoWrite)
        : { ok: false, refusal: verdict.refusal }
      await tx.db
        .insertInto('idempotency')
        .values({
          key: context.key,
          fingerprint: intent.fingerprint,
          outcome: JSON.stringify(outcome),
          at_ms: context.nowMs,
        })
        .execute()
      return { ...outcome, replayed: false }
    })
  try {
    return await attempt(null)
  } catch (error) {
    // `claim` finds duplicates before they are written; an index that still objects has undone the transaction.
    const violated = backend.uniqueViolation(error)
    if (violated === null) throw error
    const refusal = refuse('already_exists', `Another row has the same value (${violated}).`)
    if (refusal.ok) throw error
    return attempt(refusal.refusal)
  }
}

/** Executes commands in order, each seeing what those before it decided; the first refusal undoes all. */
export function executeCommands<Tx>(
  backend: Backend<Tx>,
  commands: readonly Command[],
  context: CommandContext,
  fingerprinted: unknown = commands,
): Promise<CommandOutcome> {
  const handlerContext = { actor: context.actor, nowMs: context.nowMs, demo: context.demo ?? false }
  const intent = { fingerprint: fingerprintOf(fingerprinted), wide: commands.length > maxRowLocks }
  return executeOnce(backend, context, intent, async (reader) => {
    const writes: AttributedWrite[] = []
    let subject: Write | null = null
    for (const command of commands) {
      const own = context.onlyForCourier ?? null
      const allowed = own === null ? accept(null) : await checkOwnership(reader, command, own)
      if (!allowed.ok) return allowed
      const decision = await decide(reader, command, handlerContext)
      if (!decision.ok) return decision
      reader.decided(decision.value)
      subject = decision.value[0]
      for (const write of decision.value) writes.push({ write, command: command.type })
    }
    return { ok: true, writes, subject }
  })
}

export function fingerprintOf(intent: unknown): string {
  return createHash('sha256').update(canonicalJson(intent)).digest('hex')
}

function checkKey(key: string): void {
  if (key.length < 1 || key.length > 200)
    throw new RangeError(`An idempotency key has 1 to 200 characters, not ${key.length}`)
}

async function findRecorded(
  tx: CommandTransaction<unknown>,
  key: string,
): Promise<{ fingerprint: string; outcome: unknown } | undefined> {
  return tx.db
    .selectFrom('idempotency')
    .select(['fingerprint', 'outcome'])
    .where('key', '=', key)
    .executeTakeFirst()
}

function replay(recorded: { fingerprint: string; outcome: unknown }, fingerprint: string): CommandOutcome {
  if (recorded.fingerprint !== fingerprint)
    return {
      ...refuse(
        'key_reused',
        'This idempotency key was used for something else. Choose a new key for each intent.',
      ),
      replayed: false,
    } as CommandOutcome
  const { outcome } = recorded
  return { ...((typeof outcome === 'string' ? JSON.parse(outcome) : outcome) as Recorded), replayed: true }
}

async function writeAll<Tx>(
  tx: CommandTransaction<Tx>,
  verdict: Extract<Verdict, { ok: true }>,
  context: CommandContext,
  alsoWrite: (tx: CommandTransaction<Tx>) => Promise<void>,
): Promise<Recorded> {
  const seqOf = await tx.startWriting()
  const writes = await numberCreated(tx, verdict.writes)
  await applyWrites(
    tx.db,
    writes.map(({ write }) => write),
  )
  const lines = writes.map(({ write, command }, ordinal): Change => ({
    seq: seqOf(ordinal),
    atMs: context.nowMs,
    kind: write.kind,
    id: write.entity.id,
    version: write.entity.version,
    entity: write.change === 'remove' ? null : write.entity,
    command,
    actorId: context.actor.id,
    actor: context.actor.name,
  }))
  await insertChanges(tx.db, lines)
  await alsoWrite(tx)
  const at = verdict.writes.findIndex(({ write }) => write === verdict.subject)
  const entity = at < 0 || verdict.subject?.change === 'remove' ? null : writes[at]!.write.entity
  const seq: ChangeSeq = lines.at(-1)?.seq ?? noSeq
  return { ok: true, entity: entity as never, seq }
}

/** Gives created rows their `no` or `code`, in order of creation, in every version that this transaction makes. */
async function numberCreated(
  tx: CommandTransaction<unknown>,
  writes: readonly AttributedWrite[],
): Promise<readonly AttributedWrite[]> {
  const numbers = new Map<string, number>()
  for (const counter of ['bike_no', 'courier_no', 'device_no', 'delivery_code'] as const) {
    const created = writes.filter(
      ({ write }) => write.change === 'insert' && counterOf[write.kind] === counter,
    )
    if (created.length === 0) continue
    const allocated = await tx.allocate(counter, created.length)
    for (const [index, { write }] of created.entries()) numbers.set(rowKey(write), allocated[index]!)
  }
  if (numbers.size === 0) return writes
  return writes.map((attributed) => {
    const number = numbers.get(rowKey(attributed.write))
    if (number === undefined) return attributed
    const { write } = attributed
    const given = write.kind === 'delivery' ? { code: deliveryCode(number) } : { no: number }
    return { ...attributed, write: { ...write, entity: { ...write.entity, ...given } as AnyEntity } as Write }
  })
}

const counterOf: Readonly<Record<EntityKind, Counter | null>> = {
  bike: 'bike_no',
  courier: 'courier_no',
  device: 'device_no',
  delivery: 'delivery_code',
  issue: null,
  zone: null,
  user: null,
}

const rowKey = ({ kind, entity }: Write) => `${kind}:${entity.id}`

const deliveryCode = (number: number) => `D-${String(number).padStart(6, '0')}`
