import { outsideDistricts, type DeliveriesSearch } from '../deliveries-page/deliveries-search.ts'
import type { IssuesSearch } from '../issues-page/issues-search.ts'
import { amsterdamDate } from '../i18n/amsterdam-day.ts'
import { renderSpan } from '../list-page/search-parameters.ts'
import type { Counted, Figure } from './figures.ts'
import type { InsightsSearch } from './insights-search.ts'

/** An address of the app. */
export type FigureLink =
  | { readonly to: '/deliveries'; readonly search: DeliveriesSearch }
  | { readonly to: '/issues'; readonly search: IssuesSearch }
  | { readonly to: '/couriers'; readonly search: { readonly c: string } }
  | { readonly to: '/insights'; readonly search: InsightsSearch }

/**
 * Where the rows are that a figure counts. Time at work is counted of shifts: a courier's are with the courier, and
 * everybody's lead to the couriers of that time.
 *
 * @param courierNo of the courier whom the row is of; null for a row of something else, undefined when nobody knows any more
 */
export function linkOf(
  figure: Figure,
  { filter }: Pick<Counted, 'filter'>,
  courierNo: number | null | undefined,
): FigureLink | null {
  if (courierNo === undefined) return null
  const courier = courierNo === null ? {} : { courier: String(courierNo) }
  const span = renderSpan({ fromMs: filter.endedFromMs, toMs: filter.endedToMs })
  const ended = {
    day: 'all',
    ended: span,
    ...courier,
    ...(filter.district === undefined
      ? {}
      : { district: filter.district === '' ? outsideDistricts : filter.district }),
  }
  if (figure === 'workedMs' || figure === 'utilisation') {
    if (courierNo !== null) return { to: '/couriers', search: { c: String(courierNo) } }
    const from = amsterdamDate(filter.endedFromMs)
    return { to: '/insights', search: { from, to: amsterdamDate(filter.endedToMs - 1), by: 'courier' } }
  }
  if (figure === 'issues') return { to: '/issues', search: { reported: span, ...courier } }
  if (figure === 'failed' || figure === 'cancelled')
    return { to: '/deliveries', search: { ...ended, status: figure } }
  const delivered = { ...ended, status: 'delivered' }
  return { to: '/deliveries', search: figure === 'onTimeShare' ? { ...delivered, late: 'false' } : delivered }
}
