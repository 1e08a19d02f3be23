import type { Delivery } from '@fleet/domain'

/**
 * One courier's deliveries of a day, in the order of their windows.
 *
 * @param read as the server had them
 * @param live newer states of some, and deliveries that were given to the courier since
 */
export function createCourierDay(
  courierId: string,
  read: readonly Delivery[],
  live: ReadonlyMap<string, Delivery>,
  day: { readonly fromMs: number; readonly toMs: number },
): readonly Delivery[] {
  const rows = new Map(read.map((delivery) => [delivery.id as string, delivery]))
  for (const delivery of live.values()) {
    const known = rows.get(delivery.id)
    const { fromMs } = delivery.dropoff.window
    if (known === undefined && !(fromMs >= day.fromMs && fromMs < day.toMs)) continue
    if (known === undefined || delivery.version >= known.version) rows.set(delivery.id, delivery)
  }
  return [...rows.values()]
    .filter((delivery) => delivery.courierId === courierId)
    .sort((a, b) => a.dropoff.window.toMs - b.dropoff.window.toMs || a.code.localeCompare(b.code))
}
