import type { Courier, Delivery } from '@fleet/domain'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { amsterdamDay } from '../i18n/amsterdam-day.ts'
import { type Format, useFormat } from '../i18n/format.ts'
import { useSpanText } from '../list-page/span-field.tsx'
import { PrintSheet, PrintTable } from '../print/print-sheet.tsx'
import { type DeliveriesSearch, outsideDistricts, parseDeliveryStatuses } from './deliveries-search.ts'
import { createLaneMaker } from './lanes-of.ts'

interface DeliveriesPrintProps {
  readonly rows: readonly Delivery[]
  /** False while the server has more of them. */
  readonly complete: boolean
  readonly newest: (delivery: Delivery) => Delivery
  readonly couriers: ReadonlyMap<string, Courier>
  readonly search: DeliveriesSearch
  /** `2026-11-23` */
  readonly today: string
}

/** The deliveries on paper: one list, or from the lanes a day sheet for each courier. */
export function DeliveriesPrint({ rows, complete, newest, couriers, search, today }: DeliveriesPrintProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const spanText = useSpanText()
  const day =
    search.day === 'all' ? t('delivery.day.all') : format.dayLong(amsterdamDay(search.day ?? today).fromMs)
  const facts = [
    day,
    courierFact(t, couriers, search.courier),
    parseDeliveryStatuses(search.status)
      .map((status) => t(`deliveryStatus.${status}`))
      .join(', '),
    search.q === undefined ? '' : `“${search.q}”`,
    search.late === undefined ? '' : t(`filter.late.${search.late}`),
    search.ended === undefined ? '' : t('filter.endedIn', { span: spanText(search.ended) }),
    search.district === outsideDistricts ? t('insights.outside') : (search.district ?? ''),
    complete
      ? t('delivery.shown', { count: rows.length, formatted: format.number(rows.length) })
      : t('print.notAll', { formatted: format.number(rows.length) }),
  ]
  const isSheet = search.view === 'lanes'
  return (
    <PrintSheet title={t(isSheet ? 'print.daySheet' : 'nav.deliveries')} facts={facts}>
      {() => {
        const shown = rows.map(newest)
        if (!isSheet)
          return <PrintTable rows={shown} columns={listColumns(t, format, couriers)} keyOf={({ id }) => id} />
        return createLaneMaker()(shown.filter(isToDo), couriers)
          .filter(({ deliveries }) => deliveries.length > 0)
          .map(({ courier, deliveries }) => (
            <section key={courier?.id ?? ''} data-own-page="true">
              <h2>
                {courier?.name ?? t('delivery.nobodys')}
                {courier !== null && courier.phone !== '' && ` · ${courier.phone}`}
                {` · ${day}`}
              </h2>
              <PrintTable
                rows={deliveries.toSorted(inOrderOfDay)}
                columns={sheetColumns(t, format)}
                keyOf={({ id }) => id}
              />
            </section>
          ))
      }}
    </PrintSheet>
  )
}

const isToDo = ({ status }: Delivery): boolean => status !== 'cancelled' && status !== 'failed'

const inOrderOfDay = (a: Delivery, b: Delivery): number =>
  a.pickup.window.fromMs - b.pickup.window.fromMs || a.dropoff.window.fromMs - b.dropoff.window.fromMs

function courierFact(t: TFunction, couriers: ReadonlyMap<string, Courier>, no: string | undefined): string {
  if (no === undefined) return ''
  if (no === 'none') return t('delivery.nobodys')
  return [...couriers.values()].find((courier) => String(courier.no) === no)?.name ?? ''
}

const span = (format: Format, { fromMs, toMs }: Delivery['pickup']['window']): string =>
  `${format.time(fromMs)}–${format.time(toMs)}`

function Stop({ stop, format, all }: { stop: Delivery['pickup']; format: Format; all: boolean }) {
  return (
    <>
      <span className="print-together">{span(format, stop.window)}</span> {stop.address}
      {all && stop.contact !== '' && <p>{stop.contact}</p>}
      {all && stop.note !== '' && <p>{stop.note}</p>}
    </>
  )
}

const listColumns = (t: TFunction, format: Format, couriers: ReadonlyMap<string, Courier>) => [
  {
    label: t('delivery.column.code'),
    cell: ({ code }: Delivery) => <span className="print-together">{code}</span>,
  },
  {
    label: t('delivery.column.status'),
    cell: ({ status, priority }: Delivery) =>
      priority === 'normal'
        ? t(`deliveryStatus.${status}`)
        : `${t(`deliveryStatus.${status}`)}, ${t(`priority.${priority}`)}`,
  },
  {
    label: t('delivery.column.pickup'),
    cell: ({ pickup }: Delivery) => <Stop stop={pickup} format={format} all={false} />,
  },
  {
    label: t('delivery.column.dropoff'),
    cell: ({ dropoff }: Delivery) => <Stop stop={dropoff} format={format} all={false} />,
  },
  {
    label: t('delivery.column.courier'),
    cell: ({ courierId }: Delivery) => (courierId === null ? '' : (couriers.get(courierId)?.name ?? '')),
  },
]

const sheetColumns = (t: TFunction, format: Format) => [
  {
    label: t('print.done'),
    cell: ({ status }: Delivery) => (status === 'delivered' ? '✓' : <span className="print-box" />),
  },
  {
    label: t('delivery.column.code'),
    cell: ({ code, priority, size }: Delivery) => (
      <>
        <span className="print-together">{code}</span>
        <p>{t(`size.${size}`)}</p>
        {priority !== 'normal' && (
          <p>
            <strong>{t(`priority.${priority}`)}</strong>
          </p>
        )}
      </>
    ),
  },
  {
    label: t('delivery.column.pickup'),
    cell: ({ pickup }: Delivery) => <Stop stop={pickup} format={format} all />,
  },
  {
    label: t('delivery.column.dropoff'),
    cell: ({ dropoff }: Delivery) => <Stop stop={dropoff} format={format} all />,
  },
]
