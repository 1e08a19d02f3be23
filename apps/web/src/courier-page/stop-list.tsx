import type { Delivery } from '@fleet/domain'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { DeliveryStatusMark } from '../deliveries-page/delivery-status-mark.tsx'
import { useFormat } from '../i18n/format.ts'
import { DueTime, StopIcon } from './stop-card.tsx'
import { codeOf, type CourierStop } from './stops.ts'
import styles from './stop-list.module.css'

/** The other stops; each leads to its own card. */
export function StopList({ title, stops }: { title: string; stops: readonly CourierStop[] }) {
  const { t } = useTranslation()
  if (stops.length === 0) return null
  return (
    <section className={styles.list} aria-label={title}>
      <h2>{title}</h2>
      <ol>
        {stops.map((stop) => (
          <li key={`${stop.kind} ${stop.deliveries[0].id}`}>
            <Link to="/me" search={{ d: codeOf(stop) }} replace className={styles.row}>
              <StopIcon kind={stop.kind} size={20} />
              <span className={styles.words}>
                <strong>{stop.place.address}</strong>
                <span>
                  {t(`me.stop.${stop.kind}`)} · {stop.deliveries.map(({ code }) => code).join(', ')}
                </span>
              </span>
              <DueTime stop={stop} />
            </Link>
          </li>
        ))}
      </ol>
    </section>
  )
}

/** What is over, to look up afterwards. */
export function EndedList({ deliveries }: { deliveries: readonly Delivery[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (deliveries.length === 0) return null
  return (
    <details className={styles.list}>
      <summary>
        {t('me.ended', { count: deliveries.length, formatted: format.number(deliveries.length) })}
      </summary>
      <ul>
        {deliveries.map((delivery) => (
          <li key={delivery.id} className={styles.row}>
            <span className={styles.words}>
              <strong>{delivery.dropoff.address}</strong>
              <span>{delivery.code}</span>
            </span>
            <DeliveryStatusMark status={delivery.status} />
          </li>
        ))}
      </ul>
    </details>
  )
}
