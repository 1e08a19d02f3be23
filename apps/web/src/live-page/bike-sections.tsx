import type { Bike, Courier, Delivery } from '@fleet/domain'
import { IconAlertTriangle, IconDeviceMobile, IconPhone } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.ts'
import { useServerNow } from '../live/live-hooks.ts'
import type { Registry } from '../live/registry.ts'
import { DetailSection } from '../drawer/detail-section.tsx'
import { couriersByBike, deliveriesByCourier } from './fleet-index.ts'
import styles from './bike-sections.module.css'

interface SectionProps {
  readonly bike: Bike
  readonly registry: Registry
}

export const courierOf = ({ bike, registry }: SectionProps): Courier | undefined =>
  couriersByBike(registry.couriers).get(bike.id)

export const deliveriesOf = (props: SectionProps): readonly Delivery[] => {
  const courier = courierOf(props)
  return courier === undefined ? [] : (deliveriesByCourier(props.registry.deliveries).get(courier.id) ?? [])
}

export function CourierSection(props: SectionProps) {
  const { t } = useTranslation()
  const courier = courierOf(props)
  return (
    <DetailSection title={t('detail.courier')}>
      {courier === undefined ? (
        <p className={styles.none}>{t('detail.noCourier')}</p>
      ) : (
        <div className={styles.courier}>
          <div>
            <strong>{courier.name}</strong>
            <span>{t(`shift.${courier.shift}`)}</span>
          </div>
          {courier.phone !== '' && (
            <a
              className={styles.call}
              href={`tel:${courier.phone.replace(/[^\d+]/g, '')}`}
              aria-label={t('detail.call', { name: courier.name, phone: courier.phone })}
            >
              <IconPhone size={15} stroke={1.75} aria-hidden />
              {courier.phone}
            </a>
          )}
        </div>
      )}
    </DetailSection>
  )
}

export function DeliverySection(props: SectionProps) {
  const { t } = useTranslation()
  const [delivery, ...more] = deliveriesOf(props)
  return (
    <DetailSection title={t('detail.delivery')}>
      {delivery === undefined ? (
        <p className={styles.none}>{t('detail.noDelivery')}</p>
      ) : (
        <>
          <DeliveryCard delivery={delivery} />
          {more.length > 0 && <p className={styles.more}>{t('detail.more', { count: more.length })}</p>}
        </>
      )}
    </DetailSection>
  )
}

function DeliveryCard({ delivery }: { delivery: Delivery }) {
  const { t } = useTranslation()
  const format = useFormat()
  const nowMs = useServerNow(10_000)
  const stops = [
    ['pickup', delivery.pickup, delivery.status === 'picked_up'],
    ['dropoff', delivery.dropoff, false],
  ] as const
  return (
    <div className={styles.delivery}>
      <p className={styles.deliveryHead}>
        <strong>{delivery.code}</strong>
        <span>{t(`deliveryStatus.${delivery.status}`)}</span>
        {delivery.priority !== 'normal' && (
          <span className={styles.priority}>{t(`priority.${delivery.priority}`)}</span>
        )}
      </p>
      <ol>
        {stops.map(([kind, stop, done]) => {
          const lateMin = Math.floor((nowMs - stop.window.toMs) / 60_000)
          return (
            <li key={kind} data-kind={kind} data-done={done}>
              <span className="heard-only">{t(`detail.${kind}`)}</span>
              <span className={styles.address}>{stop.address}</span>
              <span className={styles.window}>
                {t('detail.window', {
                  from: format.time(stop.window.fromMs),
                  to: format.time(stop.window.toMs),
                })}
                {!done && lateMin > 0 && <em> · {t('detail.late', { minutes: format.number(lateMin) })}</em>}
              </span>
            </li>
          )
        })}
      </ol>
    </div>
  )
}

export function IssueSection({ bike, registry }: SectionProps) {
  const { t } = useTranslation()
  const issues = [...registry.issues.values()].filter(
    (issue) => issue.bikeId === bike.id && issue.status !== 'resolved',
  )
  return (
    <DetailSection title={t('detail.issues')}>
      {issues.length === 0 ? (
        <p className={styles.none}>{t('detail.noIssues')}</p>
      ) : (
        <ul className={styles.items}>
          {issues.map((issue) => (
            <li key={issue.id} data-tone="warn">
              <IconAlertTriangle size={16} stroke={1.75} aria-hidden />
              <div>
                <strong>{t(`issueKind.${issue.kind}`)}</strong> · {t(`issueStatus.${issue.status}`)}
                <p>{issue.description}</p>
              </div>
            </li>
          ))}
        </ul>
      )}
    </DetailSection>
  )
}

export function TrackerSection(props: SectionProps) {
  const { t } = useTranslation()
  const courier = courierOf(props)
  const devices = [...props.registry.devices.values()].filter(({ mount }) =>
    mount.on === 'bike' ? mount.bikeId === props.bike.id : mount.courierId === courier?.id,
  )
  return (
    <DetailSection title={t('detail.trackers')}>
      {devices.length === 0 ? (
        <p className={styles.none}>{t('detail.noTrackers')}</p>
      ) : (
        <ul className={styles.items}>
          {devices.map((device) => (
            <li key={device.id}>
              <IconDeviceMobile size={16} stroke={1.75} aria-hidden />
              <div>
                <strong>{device.name}</strong>
                <p className={styles.trackerId}>{t('detail.trackerId', { id: device.trackerId })}</p>
              </div>
            </li>
          ))}
        </ul>
      )}
    </DetailSection>
  )
}
