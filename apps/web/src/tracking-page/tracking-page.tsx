import type { Tracking } from '@fleet/api'
import { Loader } from '@mantine/core'
import { useParams } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { PageFrame } from '../app/page-frame.tsx'
import { Preferences } from '../app/settings-menu.tsx'
import { deliveryStatusIcons } from '../deliveries-page/delivery-status-mark.tsx'
import { useFormat } from '../i18n/format.ts'
import styles from './tracking-page.module.css'
import { useTracking } from './use-tracking.ts'

const TrackingMap = lazy(() => import('./tracking-map.tsx'))

/** `#/track/TOKEN`: what a customer sees of their own delivery, and of nothing else. */
export function TrackingPage() {
  const { t } = useTranslation()
  const { token } = useParams({ from: '/track/$token' })
  const view = useTracking(token)
  return (
    <div className={styles.page}>
      <PageFrame title={t('tracking.title')} className={styles.main}>
        <header className={styles.brand}>
          <img src="/icon.svg" alt="" width={28} height={28} />
          {t('app.name')}
        </header>
        {view.is === 'loading' && (
          <div className={styles.state}>
            <h1>{t('tracking.title')}</h1>
            <Loader aria-label={t('tracking.loading')} />
          </div>
        )}
        {(view.is === 'gone' || view.is === 'busy') && (
          <div className={styles.state} role="alert">
            <h1>{t(`tracking.${view.is}Title`)}</h1>
            <p>{t(`tracking.${view.is}`)}</p>
          </div>
        )}
        {view.is === 'shown' && <Shown tracking={view.tracking} isOffline={view.isOffline} />}
        <footer className={styles.footer}>
          <Preferences />
        </footer>
      </PageFrame>
    </div>
  )
}

function Shown({ tracking, isOffline }: { tracking: Tracking; isOffline: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { status, code, address, window, courier, etaMs, pin, endedAtMs, point, serverTimeMs } = tracking
  const StatusIcon = deliveryStatusIcons[status]
  const position = courier?.position ?? null
  return (
    <>
      <section className={styles.card}>
        <p className={styles.code}>
          {t('tracking.title')} · {code}
        </p>
        <h1 className={styles.status} data-status={status}>
          <StatusIcon size={28} stroke={1.75} aria-hidden />
          {t(`tracking.status.${status}`)}
        </h1>
        {/* There from the start: what changes in it is read out. */}
        <span className="heard-only" role="status">
          {t(`tracking.status.${status}`)}
        </span>
        {endedAtMs !== null && (
          <p className={styles.large}>
            {t('tracking.endedAt', { day: format.dayLong(endedAtMs), time: format.time(endedAtMs) })}
          </p>
        )}
        {status === 'failed' && <p>{t('tracking.failedHint')}</p>}
        {courier !== null && (
          <p>
            {t(position === null ? 'tracking.withCourier' : 'tracking.coming', { name: courier.firstName })}
          </p>
        )}
        {etaMs !== null && <p className={styles.large}>{t('tracking.eta', { time: format.time(etaMs) })}</p>}
        <dl className={styles.facts}>
          <dt>{t('tracking.address')}</dt>
          <dd>{address}</dd>
          <dt>{t('tracking.window')}</dt>
          <dd>{`${format.dayShort(window.fromMs)}, ${format.time(window.fromMs)} – ${format.time(window.toMs)}`}</dd>
        </dl>
        {pin !== null && (
          <p className={styles.pin}>
            {t('tracking.pin')} <strong>{pin}</strong>
          </p>
        )}
        {isOffline && (
          <p className={styles.offline} role="status">
            {t('tracking.offline')}
          </p>
        )}
      </section>
      {courier !== null && position !== null && (
        <Suspense fallback={<div className={styles.map} />}>
          <TrackingMap
            courier={{
              ...position,
              title: `${courier.firstName}, ${t('age.ago', { age: format.duration(serverTimeMs - position.timeMs) })}`,
            }}
            dropoff={{ ...point, title: t('tracking.you') }}
          />
        </Suspense>
      )}
    </>
  )
}
