import type { BikeId, CourierId, DeliveryId, Issue } from '@fleet/domain'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Registry } from '../live/registry.ts'
import list from '../list-page/list-page.module.css'
import { RecordSelect } from '../list-page/record-select.tsx'
import type { IssuePatch } from './issue-actions.ts'
import { subjectsOf } from './issue-subjects.ts'
import styles from './issue-board.module.css'

interface SubjectFieldsProps {
  readonly value: Pick<Issue, 'bikeId' | 'courierId' | 'deliveryId'>
  readonly registry: Pick<Registry, 'bikes' | 'couriers' | 'deliveries'>
  readonly disabled?: boolean
  /** @param what changed, in words */
  readonly onChange: (patch: IssuePatch, what: string) => void
}

/** What an issue is about: a bike, a courier, a delivery, each with the way to it. */
export function SubjectFields({ value, registry, disabled = false, onChange }: SubjectFieldsProps) {
  const { t } = useTranslation()
  const { bikes, couriers, deliveries } = registry
  const { bike, courier, delivery } = subjectsOf(value, registry)
  const bikeChoices = useMemo(() => choices(bikes.values(), ({ code }) => code), [bikes])
  const courierChoices = useMemo(() => choices(couriers.values(), ({ name }) => name), [couriers])
  const deliveryChoices = useMemo(
    () => choices(deliveries.values(), ({ code, dropoff }) => `${code} · ${dropoff.address}`),
    [deliveries],
  )
  return (
    <div className={styles.subjects}>
      <div className={styles.subject}>
        <RecordSelect
          label={t('issue.bike')}
          value={value.bikeId}
          data={bikeChoices}
          disabled={disabled}
          onChange={(id) => onChange({ bikeId: id as BikeId | null }, t('field.bikeId'))}
        />
        {bike !== undefined && (
          <Link to="/bikes" search={{ b: bike.code }} className={list.link}>
            {t('issue.show')}
            <span className="heard-only"> {bike.code}</span>
          </Link>
        )}
      </div>
      <div className={styles.subject}>
        <RecordSelect
          label={t('issue.courier')}
          value={value.courierId}
          data={courierChoices}
          disabled={disabled}
          onChange={(id) => onChange({ courierId: id as CourierId | null }, t('field.courierId'))}
        />
        {courier !== undefined && courier.phone !== '' && (
          <a className={list.link} href={`tel:${courier.phone.replace(/[^\d+]/g, '')}`}>
            {courier.phone}
          </a>
        )}
      </div>
      <div className={styles.subject}>
        <RecordSelect
          label={t('issue.delivery')}
          value={value.deliveryId}
          data={deliveryChoices}
          disabled={disabled}
          onChange={(id) => onChange({ deliveryId: id as DeliveryId | null }, t('issue.delivery'))}
        />
        {delivery !== undefined && (
          <Link to="/deliveries" search={{ d: delivery.code }} className={list.link}>
            {t('issue.show')}
            <span className="heard-only"> {delivery.code}</span>
          </Link>
        )}
      </div>
    </div>
  )
}

const choices = <T extends { readonly id: string }>(rows: Iterable<T>, label: (row: T) => string) =>
  Array.from(rows, (row) => ({ value: row.id, label: label(row) })).sort((a, b) =>
    a.label.localeCompare(b.label),
  )
