import type { Delivery } from '@fleet/domain'
import type { Registry } from '../live/registry.ts'
import { wordsOf } from '../palette/palette-match.ts'
import { type DeliveryOrder, type DeliveryQuery, matchesFacets, matchesText } from './delivery-query.ts'

/** Pages read from the server, newest first. */
export interface LoadedDeliveries {
  readonly rows: readonly Delivery[]
  /** Of `rows`; grows in place. */
  readonly ids: ReadonlySet<string>
  /** The last page has been read. */
  readonly complete: boolean
}

/** The newest state of a row that we know of: the live channel's, unless the server's page is newer. */
export function newestOf(registry: Registry, delivery: Delivery): Delivery {
  const live = registry.deliveries.get(delivery.id)
  return live !== undefined && live.version >= delivery.version ? live : delivery
}

/**
 * What the list shows: the rows that were read, without those that no longer match or are gone, and with those that
 * came or changed since and match now. Rows are found again by id, so a page that overlaps shows nothing twice.
 *
 * Without any such row the answer is `sorted` itself: a hundred thousand rows are not copied for each change.
 *
 * @param loaded what was read; all that matches is in it, and maybe more
 * @param sorted the rows of `loaded` that match, in `order`
 * @param inPlace `sorted` has all of `loaded`, and in an order in which rows keep their place whatever changes
 */
export function mergeDeliveries(
  loaded: LoadedDeliveries,
  sorted: readonly Delivery[],
  registry: Registry,
  query: DeliveryQuery,
  order: DeliveryOrder,
  inPlace: boolean,
): readonly Delivery[] {
  const words = wordsOf(query.search)
  const oldestMs = loaded.complete || !inPlace ? 0 : (loaded.rows.at(-1)?.createdAtMs ?? 0)
  const come: Delivery[] = []
  const gone = new Set<string>()
  for (const delivery of registry.deliveries.values()) {
    const matches = matchesFacets(delivery, query)
    if (loaded.ids.has(delivery.id)) {
      if (!matches) gone.add(delivery.id)
      else if (!inPlace) {
        // It may belong somewhere else now, or have matched only since.
        gone.add(delivery.id)
        come.push(delivery)
      }
    } else if (matches && delivery.createdAtMs >= oldestMs && matchesText(delivery, words))
      // What is older than the last page comes with the next one.
      come.push(delivery)
  }
  for (const id of registry.removed.keys()) if (loaded.ids.has(id)) gone.add(id)
  const kept = gone.size === 0 ? sorted : sorted.filter(({ id }) => !gone.has(id))
  return come.length === 0 ? kept : mergeSorted(kept, order.sort(come), order.compare)
}

function mergeSorted<T>(a: readonly T[], b: readonly T[], compare: (a: T, b: T) => number): T[] {
  const merged: T[] = []
  let j = 0
  for (const item of a) {
    while (j < b.length && compare(b[j]!, item) < 0) merged.push(b[j++]!)
    merged.push(item)
  }
  while (j < b.length) merged.push(b[j++]!)
  return merged
}
