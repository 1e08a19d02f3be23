import type { Courier, Delivery } from '@fleet/domain'
import type { TFunction } from 'i18next'
import Papa from 'papaparse'
import { amsterdamDate, amsterdamTime } from '../i18n/amsterdam-day.ts'
import { downloadText } from '../list-page/download-text.ts'

/**
 * The columns of the file, in order. What `csv-import.ts` reads has the same names, so that what was exported can be
 * imported again.
 */
export const csvColumns = [
  'code',
  'status',
  'courier',
  'date',
  'pickup_address',
  'pickup_from',
  'pickup_to',
  'pickup_contact',
  'pickup_note',
  'pickup_lat',
  'pickup_lon',
  'dropoff_address',
  'dropoff_from',
  'dropoff_to',
  'dropoff_contact',
  'dropoff_note',
  'dropoff_lat',
  'dropoff_lon',
  'size',
  'priority',
] as const
export type CsvColumn = (typeof csvColumns)[number]

export function renderDeliveriesCsv(
  deliveries: readonly Delivery[],
  couriers: ReadonlyMap<string, Courier>,
): string {
  const rows = deliveries.map((delivery): Record<CsvColumn, string | number> => ({
    code: delivery.code,
    status: delivery.status,
    courier: delivery.courierId === null ? '' : (couriers.get(delivery.courierId)?.name ?? ''),
    date: amsterdamDate(delivery.pickup.window.fromMs),
    ...stopColumns('pickup', delivery),
    ...stopColumns('dropoff', delivery),
    size: delivery.size,
    priority: delivery.priority,
  }))
  // A cell that begins like a formula would be run by a spreadsheet: it gets an apostrophe in front.
  return Papa.unparse(rows, { columns: [...csvColumns], escapeFormulae: true, newline: '\r\n' })
}

function stopColumns<K extends 'pickup' | 'dropoff'>(kind: K, delivery: Delivery) {
  const { address, point, window, contact, note } = delivery[kind]
  return {
    [`${kind}_address`]: address,
    [`${kind}_from`]: amsterdamTime(window.fromMs),
    [`${kind}_to`]: amsterdamTime(window.toMs),
    [`${kind}_contact`]: contact,
    [`${kind}_note`]: note,
    [`${kind}_lat`]: point.lat,
    [`${kind}_lon`]: point.lon,
  } as Record<Extract<CsvColumn, `${K}_${string}`>, string | number>
}

/** Hands the file to the browser. */
export function exportDeliveries(
  t: TFunction,
  deliveries: readonly Delivery[],
  couriers: ReadonlyMap<string, Courier>,
): void {
  // With a mark in front, or spreadsheets read accents wrongly.
  downloadText(t('csv.fileName'), `\uFEFF${renderDeliveriesCsv(deliveries, couriers)}`)
}
