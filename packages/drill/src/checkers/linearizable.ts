import { effectEndMs, type Operation } from '../history/operation.ts'
import { type Evidence, type Finding, unknown, unlessBroken } from './finding.ts'

/** What one row does, on its own and one operation at a time. */
export interface SequentialModel<State extends string | number | null> {
  readonly initial: State
  /** The state after the operation, or `impossible` when it cannot have been answered so in this state. */
  step(state: State, operation: Operation): State | typeof impossible
}
export const impossible = Symbol('impossible')

/** More ways to order things than this are not looked through. */
const mostConfigurations = 50_000

/**
 * Whether the operations on each row can be put in one order that agrees with time and with every answer.
 *
 * The search goes through the history event by event and keeps every configuration (the row's state, and which
 * operations under way have taken effect) that explains it so far: Wing and Gong 1993 with Lowe's just-in-time
 * linearization (2017), where configurations that are alike are kept once. Rows are looked at one by one, which is enough
 * (Herlihy and Wing 1990, theorem 1). An operation of unknown outcome may take effect at any time, or never.
 */
export function checkLinearizable<State extends string | number | null>(
  operations: readonly Operation[],
  model: SequentialModel<State>,
): Finding {
  const rows = Map.groupBy(
    operations.filter(({ outcome }) => outcome !== 'fail'),
    ({ key }) => key,
  )
  if (rows.size === 0) return unknown('Nothing was done on any row.')
  const evidence: Evidence[] = []
  for (const [key, own] of rows) {
    const stuck = findStuck(own, model)
    if (stuck === 'too many ways')
      return unknown(`The order of ${own.length} operations on ${key} has too many possibilities.`)
    if (stuck)
      evidence.push({
        says: `On ${key} no order explains the answer of operation ${stuck.operation.id}.`,
        operations: stuck.around,
      })
  }
  return unlessBroken(evidence, `${operations.length} operations on ${rows.size} rows have an order each.`)
}

interface Stuck {
  readonly operation: Operation
  /** It, what was under way at its end, and what ended last before it. */
  readonly around: readonly Operation[]
}

interface Configuration<State> {
  readonly state: State
  /** Ids of operations that began, have not ended, and have taken effect; ascending. */
  readonly applied: readonly number[]
}

function findStuck<State extends string | number | null>(
  operations: readonly Operation[],
  model: SequentialModel<State>,
): Stuck | 'too many ways' | null {
  let configurations: readonly Configuration<State>[] = [{ state: model.initial, applied: [] }]
  const underWay = new Map<number, Operation>()
  let lastEnded: readonly Operation[] = []
  for (const event of eventsOf(operations)) {
    const { operation } = event
    if (event.type === 'begin') {
      underWay.set(operation.id, operation)
      continue
    }
    const next = applyBeforeItsEnd(configurations, operation, underWay, model)
    if (next === 'too many ways') return next
    if (next.length === 0) {
      const around = [...new Set([...lastEnded, ...underWay.values()])].sort((a, b) => a.startMs - b.startMs)
      return { operation, around }
    }
    underWay.delete(operation.id)
    configurations = next
    lastEnded = [...lastEnded, operation].slice(-3)
  }
  return null
}

interface HistoryEvent {
  readonly type: 'begin' | 'end'
  readonly atMs: number
  readonly operation: Operation
}

/** Begins and ends in order of time; at the same moment begins come first, so that the two count as at one time. */
function eventsOf(operations: readonly Operation[]): readonly HistoryEvent[] {
  const events = operations.flatMap((operation): HistoryEvent[] => {
    const endMs = effectEndMs(operation)
    const begin = { type: 'begin', atMs: operation.startMs, operation } as const
    return endMs === Infinity ? [begin] : [begin, { type: 'end', atMs: endMs, operation }]
  })
  return events.sort((a, b) => a.atMs - b.atMs || Number(a.type === 'end') - Number(b.type === 'end'))
}

/** Every configuration in which the operation has taken effect, without it in `applied`: it ends now. */
function applyBeforeItsEnd<State extends string | number | null>(
  configurations: readonly Configuration<State>[],
  operation: Operation,
  underWay: ReadonlyMap<number, Operation>,
  model: SequentialModel<State>,
): readonly Configuration<State>[] | 'too many ways' {
  const seen = new Set<string>()
  const done = new Map<string, Configuration<State>>()
  const open = [...configurations]
  for (let configuration = open.pop(); configuration; configuration = open.pop()) {
    const { state, applied } = configuration
    const key = keyOf(configuration)
    if (seen.has(key)) continue
    if (seen.size >= mostConfigurations) return 'too many ways'
    seen.add(key)
    if (applied.includes(operation.id)) {
      const ended = { state, applied: applied.filter((id) => id !== operation.id) }
      done.set(keyOf(ended), ended)
      continue
    }
    for (const other of underWay.values()) {
      if (applied.includes(other.id)) continue
      const after = model.step(state, other)
      if (after !== impossible)
        open.push({ state: after, applied: [...applied, other.id].sort((a, b) => a - b) })
    }
  }
  return [...done.values()]
}

const keyOf = <State extends string | number | null>({ state, applied }: Configuration<State>) =>
  `${JSON.stringify(state)} ${applied.join()}`
