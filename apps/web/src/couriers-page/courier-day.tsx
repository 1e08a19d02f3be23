import type { Courier } from '@fleet/domain'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { rowsKey, useServices } from '../app/services.ts'
import { DeliveryStatusMark } from '../deliveries-page/delivery-status-mark.tsx'
import { amsterdamDate, amsterdamDay } from '../i18n/amsterdam-day.ts'
import { useFormat } from '../i18n/format.ts'
import { useRegistry, useServerNow } from '../live/live-hooks.ts'
import { DetailSection } from '../drawer/detail-section.tsx'
import list from '../list-page/list-page.module.css'
import { createCourierDay } from './courier-deliveries.ts'
import styles from './courier-drawer.module.css'

/** What a courier has to do today and has done, in the order of the windows. */
export function CourierDay({ courier }: { courier: Courier }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { api } = useServices()
  const { deliveries } = useRegistry(500)
  const today = amsterdamDate(useServerNow(60_000))
  const { data, isError } = useQuery({
    queryKey: [rowsKey, 'courier-day', courier.id, today],
    queryFn: async ({ signal }) =>
      (
        await api.call('listDeliveries', {
          query: { courierId: courier.id, ...amsterdamDay(today), limit: 500 },
          signal,
        })
      ).items,
  })
  const rows = useMemo(
    () => createCourierDay(courier.id, data ?? [], deliveries, amsterdamDay(today)),
    [courier.id, data, deliveries, today],
  )
  return (
    <DetailSection title={t('courier.today')}>
      {isError && <p className={list.quiet}>{t('courier.todayFailed')}</p>}
      {rows.length === 0 && data !== undefined && <p className={list.quiet}>{t('courier.nothingToday')}</p>}
      <ol className={styles.rows}>
        {rows.map(({ id, code, status, dropoff }) => (
          <li key={id}>
            <div className={styles.rowHead}>
              <Link to="/deliveries" search={{ d: code }} className={list.link}>
                {code}
              </Link>
              <DeliveryStatusMark status={status} />
            </div>
            <p className={list.figure}>
              {t('detail.window', {
                from: format.time(dropoff.window.fromMs),
                to: format.time(dropoff.window.toMs),
              })}{' '}
              · {dropoff.address}
            </p>
          </li>
        ))}
      </ol>
    </DetailSection>
  )
}
