import { createHash } from 'node:crypto'
import {
  accept,
  refuse,
  type AnyEntity,
  type Command,
  type CommandType,
  type EntityKind,
  type Refusal,
  type RowRefusal,
} from '@fleet/domain'
import type { Backend, CommandTransaction, Counter, TransactionRecord } from './backend.ts'
import { noSeq, seqAfter } from './change-lines.ts'
import { createCommandReader, type DecidingReader } from './command-reader.ts'
import { decide } from './commands/dispatch.ts'
import { canonicalJson, type Handling, type Write, type Writes } from './commands/handler.ts'
import { checkOwnership } from './commands/ownership.ts'
import { applyWrites } from './entities.ts'
import { insertCourierStates } from './insights.ts'
import type { Change, ChangeCommand, CommandContext, CommandOutcome } from './port.ts'
import { findRecorded, toOutcome, type Recorded } from './recorded-outcome.ts'

/** More rows than this are not locked one by one: PostgreSQL's table of locks has room for some 6,000 in all. */
export const maxRowLocks = 300
/** A refusal of many commands names no more of them than this. */
const maxRowRefusals = 300

/** A write together with the command that asked for it: one line of the change log. */
export interface AttributedWrite {
  readonly write: Write
  readonly command: ChangeCommand
}

/** What a transaction came to before anything was written. */
export type Verdict =
  | {
      readonly ok: true
      readonly writes: readonly AttributedWrite[]
      readonly subject: Write | null
      /** What an undo undoes. */
      readonly undone?: readonly Exclude<ChangeCommand, 'undo'>[]
    }
  | {
      readonly ok: false
      readonly refusal: Refusal
      /** What is written although it was refused, see `Handling`. */
      readonly leaves?: readonly AttributedWrite[]
    }

interface Intent {
  readonly fingerprint: string
  /** Holds the lock on everything instead of those of rows. */
  readonly wide: boolean
  /** The row that is locked first: it is read in the same round trip as the record. */
  readonly first?: { readonly kind: EntityKind; readonly id: string } | null
}

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
  intent: Intent,
  decideAll: (reader: DecidingReader, tx: CommandTransaction<Tx>) => Promise<Verdict>,
  alsoWrite: (tx: CommandTransaction<Tx>) => Promise<void> = () => Promise.resolve(),
): Promise<CommandOutcome> {
  checkKey(context.key)
  const attempt = (forced: Refusal | null) =>
    backend.command(
      async (tx): Promise<Attempt> => {
        // Locks: everything (shared, or alone for wide work), the key, then what handlers load. See commands/handler.ts.
        await tx.lock('everything', intent.wide ? 'exclusive' : 'shared')
        await tx.lock(`key:${context.key}`)
        const reader = createCommandReader(tx, !intent.wide)
        const { first = null } = intent
        const [earlier] = await Promise.all([
          findRecorded(tx.db, context.key),
          first === null ? null : reader.load(first.kind, first.id),
        ])
        if (earlier) {
          const outcome =
            earlier.fingerprint === intent.fingerprint ? toOutcome(earlier.outcome, true) : keyReused
          return { replayed: outcome.replayed, outcome: () => Promise.resolve(outcome) }
        }
        const verdict: Verdict = forced ? { ok: false, refusal: forced } : await decideAll(reader, tx)
        // From here on this transaction only writes.
        const outcome = await writeAll(
          tx,
          verdict,
          { ...context, fingerprint: intent.fingerprint },
          alsoWrite,
        )
        return { replayed: false, outcome }
      },
      { signal: context.signal, wasDoneBefore: ({ replayed }) => replayed },
    )
  try {
    return await (await attempt(null)).outcome()
  } catch (error) {
    // `claim` finds duplicates before they are written; an index that still objects has undone the transaction.
    const violated = backend.uniqueViolation(error)
    if (violated === null) throw error
    const refusal = refuse('already_exists', `Another row has the same value (${violated}).`)
    if (refusal.ok) throw error
    return (await attempt(refusal.refusal)).outcome()
  }
}

interface Attempt {
  readonly replayed: boolean
  /** Known when the transaction has committed. */
  readonly outcome: () => Promise<CommandOutcome>
}

const keyReused: CommandOutcome = {
  ok: false,
  replayed: false,
  refusal: {
    code: 'key_reused',
    message: 'This idempotency key was used for something else. Choose a new key for each intent.',
  },
}

export function executeCommand<Tx>(
  backend: Backend<Tx>,
  command: Command,
  context: CommandContext,
): Promise<CommandOutcome> {
  const intent = { fingerprint: fingerprintOf(command), wide: false, first: firstLocked(command) }
  return executeOnce(backend, context, intent, async (reader): Promise<Verdict> => {
    const decision = await decideOne(reader, command, context)
    if (decision.ok)
      return { ok: true, writes: attribute(decision.value, command), subject: decision.value[0] }
    const { refusal } = decision
    return 'leaves' in decision
      ? { ok: false, refusal, leaves: attribute(decision.leaves, command) }
      : decision
  })
}

/**
 * Executes commands in order, each seeing what those before it decided. A refusal undoes all; the others are looked at
 * nevertheless, so that a person is told at once of every row that is at fault.
 */
export function executeCommands<Tx>(
  backend: Backend<Tx>,
  commands: readonly Command[],
  context: CommandContext,
): Promise<CommandOutcome> {
  const intent = { fingerprint: fingerprintOf(commands), wide: commands.length > maxRowLocks }
  return executeOnce(backend, context, intent, async (reader): Promise<Verdict> => {
    const writes: AttributedWrite[] = []
    const refused: RowRefusal[] = []
    let subject: Write | null = null
    if (intent.wide) await reader.preload(commands.map(({ type, id }) => ({ kind: kindOf(type), id })))
    for (const [index, command] of commands.entries()) {
      const decision = await decideOne(reader, command, context)
      if (decision.ok) {
        reader.decided(decision.value)
        subject = decision.value[0]
        writes.push(...attribute(decision.value, command))
      } else if (refused.push({ index, id: command.id, refusal: decision.refusal }) === maxRowRefusals) break
    }
    return refused.length === 0
      ? { ok: true, writes, subject }
      : { ok: false, refusal: refusalOfRows(refused, commands.length) }
  })
}

/** `bike.create` is about a `bike`. */
const kindOf = (type: CommandType) => type.slice(0, type.indexOf('.')) as EntityKind

/** The command's own row, unless its handler locks a name before it (the order of locks: commands/handler.ts). */
function firstLocked(command: Command): NonNullable<Intent['first']> | null {
  const locksNames =
    command.type === 'bike.create' ||
    (command.type === 'bike.update' && command.patch.code !== undefined) ||
    command.type === 'device.create' ||
    command.type === 'user.create' ||
    command.type === 'user.update'
  return locksNames ? null : { kind: kindOf(command.type), id: command.id }
}

/** What the command comes to; for a courier only what is theirs. */
export async function decideOne(
  reader: DecidingReader,
  command: Command,
  context: CommandContext,
): Promise<Handling> {
  const own = context.onlyForCourier ?? null
  const allowed = own === null ? accept(null) : await checkOwnership(reader, command, own)
  if (!allowed.ok) return allowed
  return decide(reader, command, {
    actor: context.actor,
    nowMs: context.nowMs,
    demo: context.demo ?? false,
    byCourier: own !== null,
  })
}

const attribute = (writes: Writes, { type: command }: Command): AttributedWrite[] =>
  writes.map((write) => ({ write, command }))

function refusalOfRows(refused: readonly RowRefusal[], count: number): Refusal {
  const { refusal } = refused[0]!
  if (count === 1) return { ...refusal, rows: refused }
  const message = `${refused.length} of ${count} were refused, so nothing was done. The first: ${refusal.message}`
  return { code: refusal.code, message, rows: refused }
}

export function fingerprintOf(intent: unknown): string {
  return createHash('sha256').update(canonicalJson(intent)).digest('hex')
}

function checkKey(key: string): void {
  if (key.length < 1 || key.length > 200)
    throw new RangeError(`An idempotency key has 1 to 200 characters, not ${key.length}`)
}

/** @returns what the caller is told, known when the transaction has committed */
async function writeAll<Tx>(
  tx: CommandTransaction<Tx>,
  verdict: Verdict,
  context: CommandContext & Pick<TransactionRecord, 'fingerprint'>,
  alsoWrite: (tx: CommandTransaction<Tx>) => Promise<void>,
): Promise<Attempt['outcome']> {
  const writes = await writeRows(tx, (verdict.ok ? verdict.writes : verdict.leaves) ?? [], context)
  const { key, fingerprint, nowMs: atMs } = context
  const about = { key, fingerprint, atMs, lines: writes.map((write) => toLine(write, context)) }
  if (!verdict.ok) {
    const refused = { ok: false, refusal: verdict.refusal } as const
    await tx.record({ ...about, outcome: refused, namesLines: false })
    return () => Promise.resolve(toOutcome(refused, false))
  }
  await alsoWrite(tx)
  const at = verdict.writes.findIndex(({ write }) => write === verdict.subject)
  const entity = at < 0 || verdict.subject?.change === 'remove' ? null : writes[at]!.write.entity
  const asked = new Set<Exclude<ChangeCommand, 'undo'>>(verdict.undone ?? [])
  for (const { command } of writes) if (command !== 'undo') asked.add(command)
  const done = { ok: true, entity: entity as never, commands: [...asked] } as const
  if (writes.length === 0) {
    const empty: Recorded = { ...done, seq: noSeq, firstSeq: noSeq }
    await tx.record({ ...about, outcome: empty, namesLines: false })
    return () => Promise.resolve(toOutcome(empty, false))
  }
  const firstSeq = await tx.record({ ...about, outcome: done, namesLines: true })
  return async () => toOutcome({ ...done, seq: seqAfter(await firstSeq(), writes.length - 1) }, false)
}

/** @returns the writes, with the numbers that they were given */
async function writeRows<Tx>(
  tx: CommandTransaction<Tx>,
  decided: readonly AttributedWrite[],
  context: CommandContext,
): Promise<readonly AttributedWrite[]> {
  const writes = await numberCreated(tx, decided)
  const rows = writes.map(({ write }) => write)
  await applyWrites(tx.db, rows)
  await insertCourierStates(tx.db, rows, context.nowMs)
  return writes
}

const toLine = (
  { write, command }: AttributedWrite,
  { nowMs, actor }: CommandContext,
): Omit<Change, 'seq'> => ({
  atMs: nowMs,
  kind: write.kind,
  id: write.entity.id,
  version: write.entity.version,
  entity: write.change === 'remove' ? null : write.entity,
  command,
  actorId: actor.id,
  actor: actor.name,
})

/** Gives created rows their `no` or `code`, in order of creation, in every version that this transaction makes. */
async function numberCreated(
  tx: CommandTransaction<unknown>,
  writes: readonly AttributedWrite[],
): Promise<readonly AttributedWrite[]> {
  const numbers = new Map<string, number>()
  for (const counter of ['bike_no', 'courier_no', 'device_no', 'delivery_code'] as const) {
    // A row that an undo brings back has its number.
    const created = writes.filter(
      ({ write }) =>
        write.change === 'insert' && write.entity.version === 1 && counterOf[write.kind] === counter,
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
  service: null,
}

const rowKey = ({ kind, entity }: Write) => `${kind}:${entity.id}`

const deliveryCode = (number: number) => `D-${String(number).padStart(6, '0')}`
