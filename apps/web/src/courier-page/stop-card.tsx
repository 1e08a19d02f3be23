import { IconPackage, IconPackageExport, IconPhone } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { PriorityMark } from '../deliveries-page/delivery-status-mark.tsx'
import { useFormat } from '../i18n/format.ts'
import { phoneLink } from './phone-links.ts'
import type { CourierStop } from './stops.ts'
import { useNow } from './use-now.ts'
import styles from './stop-card.module.css'

/** Where to go now, readable at arm's length. */
export function StopCard({ stop }: { stop: CourierStop }) {
  const { t } = useTranslation()
  const { place, kind, deliveries } = stop
  const phone = phoneLink(place.contact)
  return (
    <article className={styles.card} aria-labelledby="stop-address">
      <p className={styles.kind}>
        <StopIcon kind={kind} size={20} />
        {t(`me.stop.${kind}`)}
        <DueTime stop={stop} />
      </p>
      <h2 id="stop-address">{place.address}</h2>
      {place.contact !== '' && (
        <p className={styles.contact}>
          <span>{place.contact}</span>
          {phone !== null && (
            <a href={phone} aria-label={t('me.call', { who: place.contact })}>
              <IconPhone size={20} aria-hidden />
            </a>
          )}
        </p>
      )}
      {place.note !== '' && <p className={styles.note}>{place.note}</p>}
      <ul className={styles.parcels}>
        {deliveries.map((delivery) => (
          <li key={delivery.id}>
            <strong>{delivery.code}</strong>
            <span>{t(`size.${delivery.size}`)}</span>
            <PriorityMark priority={delivery.priority} />
            {kind === 'pickup' && <span className={styles.to}>{`→ ${delivery.dropoff.address}`}</span>}
            {kind === 'dropoff' && delivery.pinRequired && (
              <span className={styles.pin}>{t('me.askForPin')}</span>
            )}
          </li>
        ))}
      </ul>
    </article>
  )
}

export function StopIcon({ kind, size }: Pick<CourierStop, 'kind'> & { size: number }) {
  const Icon = kind === 'pickup' ? IconPackageExport : IconPackage
  return <Icon size={size} stroke={1.75} aria-hidden />
}

/** The window that was promised, and in words that it is over. */
export function DueTime({ stop: { place } }: { stop: Pick<CourierStop, 'place'> }) {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow(20_000)
  const { fromMs, toMs } = place.window
  return (
    <span className={styles.due} data-late={now > toMs || undefined}>
      {`${format.time(fromMs)} – ${format.time(toMs)}`}
      {now > toMs && ` · ${t('me.late')}`}
    </span>
  )
}
