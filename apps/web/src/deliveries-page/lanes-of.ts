import type { Courier, Delivery } from '@fleet/domain'

export interface LaneData {
  /** Null: what nobody has. */
  readonly courier: Courier | null
  readonly deliveries: readonly Delivery[]
}

type MakeLanes = (
  deliveries: readonly Delivery[],
  couriers: ReadonlyMap<string, Courier>,
) => readonly LaneData[]

/**
 * Nobody's lane first; then whoever works or has something to do, by name. A lane in which nothing changed keeps its list, so
 * that one delivery that moves draws two lanes and not a hundred.
 */
export function createLaneMaker(): MakeLanes {
  let before = new Map<string | null, readonly Delivery[]>()
  return (deliveries, couriers) => {
    const byCourier = new Map<string | null, readonly Delivery[]>(
      Map.groupBy(deliveries, ({ courierId }): string | null => courierId),
    )
    for (const [id, list] of byCourier) {
      const known = before.get(id)
      if (known !== undefined && areSame(known, list)) byCourier.set(id, known)
    }
    before = byCourier
    const working = [...couriers.values()]
      .filter(({ id, shift }) => shift !== 'off' || byCourier.has(id))
      .sort((a, b) => a.name.localeCompare(b.name) || a.no - b.no)
    return [
      { courier: null, deliveries: byCourier.get(null) ?? nothing },
      ...working.map((courier) => ({ courier, deliveries: byCourier.get(courier.id) ?? nothing })),
    ]
  }
}

const nothing: readonly Delivery[] = []

const areSame = (a: readonly Delivery[], b: readonly Delivery[]): boolean =>
  a.length === b.length && a.every((delivery, i) => delivery === b[i])
