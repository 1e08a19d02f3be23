import { type Delivery, deliveryStatuses, priorities } from '@fleet/domain'
import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { amsterdamDate, amsterdamDay } from '../i18n/amsterdam-day.ts'
import { useFormat } from '../i18n/format.ts'
import { useServerNow } from '../live/live-hooks.ts'
import type { Registry } from '../live/registry.ts'
import type { Column } from '../table/column.ts'
import { DeliveryStatusMark, PriorityMark } from './delivery-status-mark.tsx'
import { latenessOf } from './lateness.ts'
import styles from './delivery-columns.module.css'

/** The same element for every row: React looks no further where nothing is new. */
const elementsOf = <T extends string>(values: readonly T[], element: (value: T) => ReactNode) =>
  Object.fromEntries(values.map((value) => [value, element(value)])) as Readonly<Record<T, ReactNode>>
const statusMarks = elementsOf(deliveryStatuses, (status) => <DeliveryStatusMark status={status} />)
const priorityMarks = elementsOf(priorities, (priority) => <PriorityMark priority={priority} />)

/** The columns of the list; fewer on a phone. */
export function useDeliveryColumns(
  couriers: Registry['couriers'],
  narrow: boolean,
): readonly Column<Delivery>[] {
  const { t } = useTranslation()
  const format = useFormat()
  const nowMs = useServerNow(15_000)
  return useMemo(() => {
    const today = amsterdamDay(amsterdamDate(nowMs))
    const columns: Column<Delivery>[] = [
      {
        id: 'code',
        header: t('delivery.column.code'),
        widthPx: 92,
        sortable: true,
        cell: (delivery) => <span className={styles.code}>{delivery.code}</span>,
      },
      {
        id: 'status',
        header: t('delivery.column.status'),
        widthPx: 158,
        sortable: true,
        cell: ({ status }) => statusMarks[status],
      },
      {
        id: 'window',
        header: t('delivery.column.window'),
        widthPx: narrow ? 130 : 202,
        sortable: true,
        cell: (delivery) => {
          const { fromMs, toMs } = delivery.dropoff.window
          const lateness = latenessOf(delivery, nowMs)
          return (
            <span className={styles.window} data-tone={lateness}>
              {(fromMs < today.fromMs || fromMs >= today.toMs) && `${format.dayShort(fromMs)} `}
              {t('detail.window', { from: format.time(fromMs), to: format.time(toMs) })}
              {lateness !== null && !narrow && (
                <em>
                  {lateness === 'late'
                    ? t('delivery.late', { age: format.duration(nowMs - toMs) })
                    : t('delivery.left', { age: format.duration(toMs - nowMs) })}
                </em>
              )}
            </span>
          )
        },
      },
      {
        id: 'priority',
        header: t('delivery.column.priority'),
        widthPx: 84,
        sortable: true,
        cell: ({ priority }) => priorityMarks[priority],
      },
      {
        id: 'courier',
        header: t('delivery.column.courier'),
        widthPx: 160,
        sortable: true,
        cell: (delivery) => (
          <span>{delivery.courierId === null ? '' : (couriers.get(delivery.courierId)?.name ?? '–')}</span>
        ),
      },
      {
        id: 'pickup',
        header: t('delivery.column.pickup'),
        widthPx: 200,
        sortable: true,
        cell: (delivery) => <span>{delivery.pickup.address}</span>,
      },
      {
        id: 'dropoff',
        header: t('delivery.column.dropoff'),
        widthPx: 220,
        sortable: true,
        cell: (delivery) => <span>{delivery.dropoff.address}</span>,
      },
      {
        id: 'size',
        header: t('delivery.column.size'),
        widthPx: 90,
        sortable: true,
        cell: (delivery) => <span>{t(`size.${delivery.size}`)}</span>,
      },
    ]
    return narrow ? columns.filter(({ id }) => ['code', 'window', 'dropoff'].includes(id)) : columns
  }, [t, format, nowMs, couriers, narrow])
}
