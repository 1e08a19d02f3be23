import { setTimeout as sleep } from 'node:timers/promises'
import type { BikeId, CommandOf, CommandType, CourierId, DeliveryId, Stop } from '@fleet/domain'
import type { Change, ChangeSeq, CommandContext, CommandOutcome, Store } from '../port.ts'

/** One fresh, empty database, and as many instances of the app on it as a test wants. */
export interface FreshDatabase {
  open(): Promise<Store>
  /** Pretends that a newer program made this database. */
  pretendNewerSchema(): Promise<void>
  close(): Promise<void>
}

export type MakeDatabase = () => Promise<FreshDatabase>

export const startMs = Date.UTC(2026, 2, 2, 9)
let lastNumber = 0
/** A key, id or name of its own for each use. */
export const unique = (prefix: string) => `${prefix}-${(lastNumber += 1)}`

/** The n-th id; without a number, a new one. */
export function makeId<T extends string>(number = (lastNumber += 1)): T {
  return `00000000-0000-7000-8000-${String(number).padStart(12, '0')}` as T
}

export function makeContext(more: Partial<CommandContext> = {}): CommandContext {
  return { key: unique('key'), actor: { id: null, name: 'anna' }, nowMs: startMs, ...more }
}

export function makeStop(address: string, more: Partial<Stop> = {}): Stop {
  return {
    address,
    point: { lat: 52.3731, lon: 4.8926 },
    window: { fromMs: startMs, toMs: startMs + 3_600_000 },
    contact: 'Bram +31 6 12345678',
    note: '',
    ...more,
  }
}

/** Executes with a key of its own and expects a yes. */
export async function run<T extends CommandType>(
  store: Store,
  command: CommandOf<T>,
  more: Partial<CommandContext> = {},
): Promise<Extract<CommandOutcome<T>, { ok: true }>> {
  const outcome = await store.execute<T>(command, makeContext(more))
  if (!outcome.ok) throw new Error(`${command.type} was refused: ${outcome.refusal.message}`)
  return outcome
}

/** Executes with a key of its own and expects a no; gives its code. */
export async function refusalOf(store: Store, command: CommandOf<CommandType>): Promise<string> {
  const outcome = await store.execute(command, makeContext())
  if (outcome.ok) throw new Error(`${command.type} was not refused`)
  return outcome.refusal.code
}

export async function makeBike(store: Store, code = `AMS-${1000 + (lastNumber += 1)}`): Promise<BikeId> {
  const id = makeId<BikeId>()
  await run(store, { type: 'bike.create', id, code, kind: 'city', note: '' })
  return id
}

/** A courier on shift. */
export async function makeCourier(store: Store, name = 'Daan Bakker'): Promise<CourierId> {
  const id = makeId<CourierId>()
  await run(store, { type: 'courier.create', id, name, phone: '+31 6 87654321' })
  await run(store, { type: 'courier.shift', id, expectedVersion: null, event: 'start' })
  return id
}

export async function makeDelivery(
  store: Store,
  dropoff = makeStop('Damrak 1'),
  more: Partial<CommandContext> = {},
): Promise<DeliveryId> {
  const id = makeId<DeliveryId>()
  await run(
    store,
    { type: 'delivery.create', id, pickup: makeStop('Rokin 9'), dropoff, size: 'small', priority: 'normal' },
    more,
  )
  return id
}

/** Waits until the condition holds, looking again and again, up to a deadline. */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 10_000
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Waited in vain until ${what}`)
    await sleep(5)
  }
}

/** Reads the whole change log in steps of `limit`. */
export async function readLog(
  store: Store,
  since: ChangeSeq = '0' as ChangeSeq,
  limit = 50,
): Promise<Change[]> {
  const all: Change[] = []
  for (;;) {
    const page = await store.changes(all.at(-1)?.seq ?? since, limit)
    if (page.length === 0) return all
    all.push(...page)
  }
}

/** Says what is wrong with a log that was read from its beginning: a line twice, out of order, or missing. */
export function checkLog(changes: readonly Change[]): string[] {
  const problems: string[] = []
  const versions = new Map<string, number>()
  let last = 0n
  for (const { seq, kind, id, version } of changes) {
    if (BigInt(seq) <= last) problems.push(`seq ${seq} came after ${last}`)
    last = BigInt(seq)
    const before = versions.get(`${kind}:${id}`) ?? 0
    if (version !== before + 1) problems.push(`${kind} ${id}: version ${version} came after ${before}`)
    versions.set(`${kind}:${id}`, version)
  }
  return problems
}
