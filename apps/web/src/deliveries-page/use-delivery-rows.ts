import type { Delivery } from '@fleet/domain'
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import { useServices } from '../app/services.ts'
import { onReturn } from '../live/on-return.ts'
import { PagedRows } from '../live/paged-rows.ts'
import type { Registry } from '../live/registry.ts'
import type { Sort } from '../table/column.ts'
import {
  createDeliveryOrder,
  type DeliveryQuery,
  isPromisedIn,
  isServerSort,
  matchesFacets,
  matchesText,
} from './delivery-query.ts'
import { type DeliverySource, KeptDeliveries } from './kept-deliveries.ts'
import { type LoadedDeliveries, mergeDeliveries, newestOf } from './merge-deliveries.ts'
import { wordsOf } from '../palette/palette-match.ts'

const firstPage = 100
const laterPages = 500
/** As many of the rows shown before are looked through while the server looks. */
const mostKept = 500

export interface DeliveryRows {
  readonly rows: readonly Delivery[]
  readonly loading: boolean
  /** False while rows of this query may still be unread. */
  readonly complete: boolean
  readonly failed: boolean
  /** Near the end of the list, or after a failure. */
  readonly more: () => void
  readonly newest: (delivery: Delivery) => Delivery
}

/**
 * The deliveries of a query, live: pages of the server with everything that the live channel knows laid over them.
 *
 * @param all read every page without waiting for somebody to scroll
 */
export function useDeliveryRows(
  registry: Registry,
  query: DeliveryQuery,
  sort: Sort,
  all: boolean,
): DeliveryRows {
  const { api, live } = useServices()
  const key = JSON.stringify(query)
  const [kept] = useState(() => new KeptDeliveries())
  // After a gap in the live channel rows may have changed that it no longer tells of.
  const { snapshotNo } = live
  const source = useMemo((): DeliverySource => {
    const asked = JSON.parse(key) as DeliveryQuery
    const known = kept.find(asked, snapshotNo)
    if (known !== null) return known
    const { search, statuses, courierId, window, ended, late, district } = asked
    const paged = new PagedRows<Delivery>(async (cursor, signal) => {
      const { items, nextCursor } = await api.call('listDeliveries', {
        query: {
          limit: cursor === null ? firstPage : laterPages,
          ...(cursor === null ? {} : { cursor }),
          ...(search === '' ? {} : { search: search.slice(0, 100) }),
          ...(statuses.length === 0 ? {} : { status: statuses.join(',') }),
          ...(courierId === null || courierId === 'none' ? {} : { courierId }),
          ...(window === null ? {} : window),
          ...(ended === null ? {} : { endedFromMs: ended.fromMs, endedToMs: ended.toMs }),
          ...(late === null ? {} : { late: late ? 'true' : 'false' }),
          ...(district === null ? {} : { district }),
        },
        signal,
      })
      // The server has no filter for "nobody's".
      return { items: items.filter((delivery) => matchesFacets(delivery, asked)), nextCursor }
    })
    return { query: asked, paged }
    // oxlint-disable-next-line react/exhaustive-deps -- the number stands for "read again"
  }, [api, key, Math.max(1, snapshotNo)])
  const { paged } = source
  useEffect(() => {
    paged.more()
    const stop = onReturn(live, () => paged.view.failed && paged.more())
    return () => {
      stop()
      paged.close()
    }
  }, [live, paged])
  const view = useSyncExternalStore(paged.subscribe, () => paged.view)

  useEffect(() => {
    if (view.complete) kept.keep(source, snapshotNo)
    // oxlint-disable-next-line react/exhaustive-deps -- rows belong to the snapshot that they were read after
  }, [kept, source, view.complete])

  const inServerOrder = isServerSort(sort)
  const readAll = all || !inServerOrder
  useEffect(() => {
    if (readAll) return paged.readAll()
    return undefined
  }, [readAll, paged])

  // Until the first page is there, what was shown before and matches: the answer to a filter is in the next frame.
  const shownBefore = useRef<readonly Delivery[]>([])
  const firstPageIsRead = view.rows.length > 0 || !view.loading
  const base = useMemo((): LoadedDeliveries => {
    if (firstPageIsRead) return view
    const words = wordsOf(query.search)
    const rows = shownBefore.current
      .slice(0, mostKept)
      .filter((delivery) => matchesFacets(delivery, query) && matchesText(delivery, words))
    return { rows, ids: new Set(rows.map(({ id }) => id)), complete: false }
    // oxlint-disable-next-line react/exhaustive-deps -- `key` stands for the query
  }, [firstPageIsRead, view, key])

  // Names matter to one order only; in the others a courier who starts a shift sorts nothing again.
  const names = sort.column === 'courier' ? registry.couriers : null
  const order = useMemo(
    () =>
      createDeliveryOrder({ column: sort.column, descending: sort.descending }, (id) =>
        id === null ? '' : (names?.get(id)?.name ?? ''),
      ),
    [sort.column, sort.descending, names],
  )
  const sorted = useMemo(
    () => (inServerOrder ? base.rows : order.sort(base.rows)),
    [base, order, inServerOrder],
  )
  // A wider list is put in order once, cut to the day once, and filtered as often as somebody likes.
  const narrowed = firstPageIsRead && JSON.stringify(source.query) !== key
  const ofDay = useMemo(
    () => (narrowed ? sorted.filter((delivery) => isPromisedIn(delivery, query.window)) : sorted),
    // oxlint-disable-next-line react/exhaustive-deps -- its two ends are all there is to a window
    [sorted, narrowed, query.window?.fromMs, query.window?.toMs],
  )
  const listed = useMemo(
    () => (narrowed ? ofDay.filter((delivery) => matchesFacets(delivery, query)) : ofDay),
    // oxlint-disable-next-line react/exhaustive-deps -- `key` stands for the query
    [ofDay, narrowed, key],
  )
  const rows = useMemo(
    () => mergeDeliveries(base, listed, registry, query, order, inServerOrder && !narrowed),
    // oxlint-disable-next-line react/exhaustive-deps -- `key` stands for the query; of the registry these two parts
    [base, listed, registry.deliveries, registry.removed, key, order],
  )
  useEffect(() => {
    shownBefore.current = rows
  }, [rows])
  const newest = useCallback(
    (delivery: Delivery) => newestOf(live.registry, delivery),
    // oxlint-disable-next-line react/exhaustive-deps -- another function when rows must be drawn again
    [live, registry.deliveries],
  )
  return {
    rows,
    loading: !firstPageIsRead && rows.length === 0,
    complete: view.complete,
    failed: view.failed,
    more: paged.more,
    newest,
  }
}
