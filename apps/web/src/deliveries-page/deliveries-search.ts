import { type DeliveryStatus, deliveryStatuses, districtNames } from '@fleet/domain'
import { isDate } from '../i18n/amsterdam-day.ts'
import { parseChoices, parseSpan, textParameter } from '../list-page/search-parameters.ts'

export const deliveryViews = ['list', 'board', 'lanes'] as const
export type DeliveryView = (typeof deliveryViews)[number]

/** What the address says of the Deliveries page: enough to show a colleague the same screen, or to keep as a bookmark. */
export interface DeliveriesSearch {
  /** Code of the open delivery. */
  readonly d?: string
  readonly view?: Exclude<DeliveryView, 'list'>
  readonly q?: string
  /** Statuses shown, comma between; left out: all. */
  readonly status?: string
  /** The courier's number; `none` for no courier. */
  readonly courier?: string
  /** A day like `2026-11-23`, or `all`; left out: today. */
  readonly day?: string
  /** When it came to its end, see `parseSpan`. */
  readonly ended?: string
  /** Of those that ended: after the promised window was over, or before. */
  readonly late?: 'true' | 'false'
  /** Of the drop-off; `outside` of the city. */
  readonly district?: string
  readonly sort?: string
  /** The map beside the view; left out: beside the lanes, where there is room. */
  readonly map?: '0' | '1'
  /** Codes of the selected deliveries, comma between. */
  readonly sel?: string
  /** The form for a new delivery is open. */
  readonly new?: '1'
}

/** In the address, for a drop-off that lies in no district. */
export const outsideDistricts = 'outside'

/** More than these would make an address that chat programs cut off. */
export const mostSelectedInAddress = 60

/** Anything that makes no sense is dropped: an address typed by hand must never break the page. */
export function parseDeliveriesSearch(search: Record<string, unknown>): DeliveriesSearch {
  const text = (key: string) => textParameter(search, key)
  const d = text('d')
  const view = text('view')
  const q = text('q')
  const statuses = parseDeliveryStatuses(text('status'))
  const courier = text('courier')
  const day = text('day')
  const ended = text('ended')
  const late = text('late')
  const district = text('district')
  const sort = text('sort')
  const map = text('map')
  const sel = parseCodes(text('sel')).slice(0, mostSelectedInAddress)
  return {
    ...(d === undefined ? {} : { d: d.toUpperCase() }),
    ...(view === 'board' || view === 'lanes' ? { view } : {}),
    ...(q === undefined ? {} : { q }),
    ...(statuses.length === 0 ? {} : { status: statuses.join(',') }),
    ...(courier !== undefined && /^(none|\d+)$/.test(courier) ? { courier } : {}),
    ...(day !== undefined && (day === 'all' || isDate(day)) ? { day } : {}),
    ...(ended !== undefined && parseSpan(ended) !== null ? { ended } : {}),
    ...(late === 'true' || late === 'false' ? { late } : {}),
    ...(district !== undefined && (district === outsideDistricts || districtNames.includes(district))
      ? { district }
      : {}),
    ...(sort === undefined ? {} : { sort }),
    ...(map === '0' || map === '1' ? { map } : {}),
    ...(sel.length === 0 ? {} : { sel: sel.join(',') }),
    ...(text('new') === '1' ? { new: '1' as const } : {}),
  }
}

export const parseDeliveryStatuses = (text: string | undefined): DeliveryStatus[] =>
  parseChoices(deliveryStatuses, text)

export const parseCodes = (text: string | undefined): string[] =>
  (text ?? '').split(',').filter((code) => /^D-\d+$/.test(code))
