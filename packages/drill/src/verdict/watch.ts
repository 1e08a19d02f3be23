import { firstFaultMs } from '../checkers/availability.ts'
import type { Term, Watch } from '../checkers/one-primary.ts'
import { nameInCast } from '../faults/cast.ts'
import { type Actor, describeFault, type Fault } from '../faults/fault.ts'
import type { DrillRecord } from './drill-record.ts'

/** Whose PostgreSQL does not run while a fault lasts; null: it may. */
function silencedBy(fault: Fault): Actor | null {
  if (fault.do === 'power-off' || fault.do === 'delete-data') return fault.on
  return fault.do === 'hang' && fault.process === 'postgres' ? fault.on : null
}

/** When nodes had to be heard, by the events of a run; null when it did not get as far as its end. */
export function watchOf({ events, setup }: Pick<DrillRecord, 'events' | 'setup'>): Watch | null {
  const fromMs = firstFaultMs(events)
  const toMs = events.find(({ kind }) => kind === 'stopped')?.atMs
  if (fromMs === null || toMs === undefined) return null
  const { cast, drill } = setup
  const away = new Map<string, Term[]>()
  for (const { fault } of drill.steps) {
    const actor = silencedBy(fault)
    const node = actor === null ? null : cast[actor]
    if (node === null) continue
    const text = describeFault(fault, nameInCast(cast))
    const begun = events.find((event) => event.kind === 'injecting' && event.text === text)
    if (!begun) continue
    const healed = events.find(
      (event) => event.kind === 'healed' && event.text === text && event.atMs >= begun.atMs,
    )
    away.set(node, [...(away.get(node) ?? []), { fromMs: begun.atMs, toMs: healed?.atMs ?? Infinity }])
  }
  return { during: { fromMs, toMs }, away }
}
