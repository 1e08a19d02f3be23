import {
  accept,
  refuse,
  undoable,
  type AnyEntity,
  type CommandType,
  type Decision,
  type EntityByKind,
  type EntityKind,
} from '@fleet/domain'
import type { Kysely } from 'kysely'
import type { Backend } from './backend.ts'
import { selectChanges, toChange } from './change-lines.ts'
import type { DecidingReader } from './command-reader.ts'
import { canonicalJson, type Write } from './commands/handler.ts'
import { checkRestorable } from './commands/restorable.ts'
import { executeOnce, fingerprintOf, maxRowLocks, type AttributedWrite, type Verdict } from './executor.ts'
import type { Change, ChangeSeq, CommandContext, CommandOutcome, UndoRequest } from './port.ts'
import { commandsOf, findRecorded, type Recorded } from './recorded-outcome.ts'
import type { Schema } from './schema.ts'

/**
 * See `Store.undo`.
 *
 * The lines that the action wrote are walked back, newest first, and each row becomes what it was before its line. So
 * every state in between has stood before, and no unique value or reference is broken on the way. Nobody may have
 * changed any of these rows since; what else may have happened, `checkRestorable` asks.
 */
export async function undo<Tx>(
  backend: Backend<Tx>,
  request: UndoRequest,
  context: CommandContext,
): Promise<CommandOutcome> {
  const wide = (await countLines(backend.db, request.key)) > maxRowLocks
  const intent = { fingerprint: fingerprintOf({ undo: request.key }), wide }
  return executeOnce(backend, context, intent, async (reader, tx): Promise<Verdict> => {
    // An action that is still under way holds its key: its outcome is waited for.
    await tx.lock(`key:${request.key}`)
    const action = checkRecorded((await findRecorded(tx.db, request.key))?.outcome, request.allowed)
    if (!action.ok) return action
    const { firstSeq, lastSeq, undone } = action.value
    const lines = await readLines(tx.db, firstSeq, lastSeq)
    if (wide)
      await reader.preload(lines.map(({ kind, id, version }) => ({ kind, id, alsoAtVersion: version - 1 })))
    const writes = await walkBack(reader, lines, context)
    if (!writes.ok) return writes
    return { ok: true, writes: writes.value, subject: writes.value.at(-1)?.write ?? null, undone }
  })
}

/** See `Store.writtenUnder`. */
export async function writtenUnder(db: Kysely<Schema>, key: string): Promise<readonly Change[]> {
  const recorded = (await findRecorded(db, key))?.outcome
  return recorded?.ok && recorded.firstSeq !== undefined ? readLines(db, recorded.firstSeq, recorded.seq) : []
}

/** What is recorded never changes, so this may be asked before the transaction. */
async function countLines(db: Kysely<Schema>, key: string): Promise<number> {
  const recorded = (await findRecorded(db, key))?.outcome
  return recorded?.ok && recorded.firstSeq !== undefined
    ? Number(BigInt(recorded.seq) - BigInt(recorded.firstSeq)) + 1
    : 0
}

async function readLines(db: Kysely<Schema>, first: ChangeSeq, last: ChangeSeq): Promise<Change[]> {
  const rows = await selectChanges(db)
    .where('seq', '>=', BigInt(first))
    .where('seq', '<=', BigInt(last))
    .orderBy('changes.seq')
    .execute()
  return rows.map(toChange)
}

interface Action {
  readonly firstSeq: ChangeSeq
  readonly lastSeq: ChangeSeq
  readonly undone: readonly CommandType[]
}

function checkRecorded(recorded: Recorded | undefined, allowed: readonly CommandType[]): Decision<Action> {
  const field = 'key'
  if (!recorded)
    return refuse('not_found', 'This action is not known (any more), so it cannot be undone.', { field })
  if (!recorded.ok)
    return refuse('impossible_step', 'This action was refused, so there is nothing to undo.', { field })
  const { firstSeq, seq: lastSeq } = recorded
  const undone = commandsOf(recorded)
  if (undone === null || firstSeq === undefined)
    return refuse('impossible_step', 'This action cannot be undone.', { field })
  const secret = undone.find((command) => !undoable[command])
  if (secret !== undefined)
    return refuse(
      'impossible_step',
      `This action (${secret}) stored or removed a secret and cannot be undone. Do it again the other way round.`,
      { field },
    )
  const forbidden = undone.find((command) => !allowed.includes(command))
  if (forbidden !== undefined)
    return refuse('forbidden', `Undoing this action (${forbidden}) is for those who may do it.`)
  return accept({ firstSeq, lastSeq, undone })
}

/** Rows in the order in which they are locked (commands/handler.ts). */
const lockOrder: readonly EntityKind[] = [
  'service',
  'issue',
  'user',
  'device',
  'delivery',
  'courier',
  'bike',
  'zone',
]

const keyOf = ({ kind, id }: Pick<Change, 'kind' | 'id'>) => `${kind}:${id}`

/** @param lines oldest first */
async function walkBack(
  reader: DecidingReader,
  lines: readonly Change[],
  context: CommandContext,
): Promise<Decision<AttributedWrite[]>> {
  // What was before a line never changes, so it is read before anything is locked.
  const steps: { readonly line: Change; readonly before: AnyEntity | null }[] = []
  for (const line of lines.toReversed())
    steps.push({ line, before: line.version === 1 ? null : await atVersion(reader, line, line.version - 1) })
  for (const { line, before } of steps) await claimNames(reader, line, before)
  const newest = new Map(lines.map((line) => [keyOf(line), line]))
  const rows = [...newest.values()].toSorted(
    (a, b) => lockOrder.indexOf(a.kind) - lockOrder.indexOf(b.kind) || (a.id < b.id ? -1 : 1),
  )
  for (const line of rows) {
    const unchanged = await checkUnchanged(reader, line, context)
    if (!unchanged.ok) return unchanged
  }

  const writes: AttributedWrite[] = []
  for (const { line, before } of steps) {
    const current = await reader.load(line.kind, line.id)
    // A row that was removed has no version of its own any more; its lines have.
    const version = (current?.version ?? (await reader.lastVersion(line.kind, line.id))) + 1
    const entity = restored(line.kind, current, before, version, context)
    const change = before === null ? 'remove' : current === null ? 'insert' : 'update'
    const write = { kind: line.kind, change, entity } as Write
    const possible = await checkRestorable(reader, write, current)
    if (!possible.ok) return possible
    reader.decided([write])
    writes.push({ write, command: 'undo' })
  }
  return accept(writes)
}

const atVersion = (reader: DecidingReader, { kind, id }: Change, version: number) =>
  reader.atVersion(kind, id, version) as Promise<AnyEntity | null>

/** Two who bring back a bike and create one with the same code meet at the code. */
async function claimNames(reader: DecidingReader, line: Change, before: AnyEntity | null): Promise<void> {
  if (line.kind === 'bike' && before !== null)
    await reader.claim('bikesWithCode', (before as EntityByKind['bike']).code)
  if (line.kind === 'user') await reader.claim('enabledUsersWithRole', 'admin')
}

/**
 * Locks the row, and refuses when it is not as the action left it. Its version does not say that: what was done after the
 * action may have been undone before.
 *
 * @param line the last that the action wrote for this row
 */
async function checkUnchanged(
  reader: DecidingReader,
  line: Change,
  { onlyForCourier = null }: CommandContext,
): Promise<Decision<null>> {
  const { kind, id } = line
  const current: AnyEntity | null = await reader.load(kind, id)
  if (onlyForCourier !== null && !isOf(onlyForCourier, kind, id, current))
    return refuse('forbidden', 'Couriers may undo what concerns themselves and their own deliveries only.')
  if (contentOf(current) === contentOf(line.entity)) return accept(null)
  const name = nameOf(kind, current ?? line.entity)
  if (current === null)
    return refuse('not_found', `${name} was removed after this action, so it cannot be undone any more.`)
  return refuse(
    'stale_version',
    `${name} was changed after this action, so it cannot be undone any more. Look at it as it is now and correct it.`,
    { current },
  )
}

/** All but what grows with every change. */
function contentOf(entity: AnyEntity | null): string {
  if (entity === null) return 'null'
  const { version: _version, updatedAtMs: _updatedAtMs, ...content } = entity
  return canonicalJson('timeline' in content ? { ...content, timeline: null } : content)
}

function isOf(courierId: string, kind: EntityKind, id: string, current: AnyEntity | null): boolean {
  if (kind === 'courier') return id === courierId
  if (kind === 'delivery') return (current as EntityByKind['delivery'] | null)?.courierId === courierId
  if (kind === 'issue') return (current as EntityByKind['issue'] | null)?.courierId === courierId
  // A bike changes together with the courier who took it.
  return kind === 'bike'
}

/** The row as it was, one version on; for one that goes, its last state. */
function restored(
  kind: EntityKind,
  current: AnyEntity | null,
  before: AnyEntity | null,
  version: number,
  { nowMs, actor }: CommandContext,
): AnyEntity {
  const state = { ...(before ?? current)!, version, updatedAtMs: nowMs }
  if (kind !== 'delivery' || before === null) return state
  const delivery = before as EntityByKind['delivery']
  const { status, courierId } = delivery
  const timeline = ((current as EntityByKind['delivery'] | null) ?? delivery).timeline
  const entry = { atMs: nowMs, actor: actor.name, event: 'undo' as const, status, courierId, note: '' }
  return { ...(state as EntityByKind['delivery']), timeline: [...timeline, entry] }
}

function nameOf(kind: EntityKind, entity: AnyEntity | null): string {
  if (entity !== null && 'code' in entity) return entity.code
  if (entity !== null && 'name' in entity) return entity.name
  return `This ${kind}`
}
