import { CloseButton, Tooltip, UnstyledButton } from '@mantine/core'
import type { Bike } from '@fleet/domain'
import { IconCurrentLocation, IconFocus2 } from '@tabler/icons-react'
import type { Ref } from 'react'
import { useTranslation } from 'react-i18next'
import type { Registry } from '../live/registry.ts'
import { BikeHistorySection } from './bike-history-section.tsx'
import { BikeReadings } from './bike-readings.tsx'
import { CourierSection, DeliverySection, IssueSection, TrackerSection } from './bike-sections.tsx'
import { DetailSection } from '../drawer/detail-section.tsx'
import { StatusIcon } from './status-icon.tsx'
import styles from './bike-detail.module.css'

interface BikeDetailProps {
  readonly bike: Bike
  readonly registry: Registry
  readonly following: boolean
  readonly headingRef: Ref<HTMLHeadingElement>
  readonly onFollow: (follow: boolean) => void
  readonly onCentre: () => void
  readonly onClose: () => void
}

/** Everything about one bike. */
export function BikeDetail({ bike, registry, following, headingRef, ...on }: BikeDetailProps) {
  const { t } = useTranslation()
  return (
    <aside className={styles.drawer} aria-label={t('detail.label', { code: bike.code })}>
      <header className={styles.header}>
        <div className={styles.title}>
          <h2 ref={headingRef} tabIndex={-1}>
            {bike.code}
          </h2>
          <p>
            <StatusIcon status={bike.status} size={14} />
            {t(`bikeStatus.${bike.status}`)} · {t(`bikeKind.${bike.kind}`)}
          </p>
        </div>
        <Tooltip label={t('detail.followHint')} withArrow>
          <UnstyledButton
            className={styles.action}
            aria-pressed={following}
            aria-keyshortcuts="F"
            onClick={() => on.onFollow(!following)}
          >
            <IconCurrentLocation size={16} stroke={1.75} aria-hidden />
            {t(following ? 'detail.following' : 'detail.follow')}
          </UnstyledButton>
        </Tooltip>
        <Tooltip label={t('detail.centre')} withArrow>
          <UnstyledButton className={styles.action} aria-label={t('detail.centre')} onClick={on.onCentre}>
            <IconFocus2 size={16} stroke={1.75} aria-hidden />
          </UnstyledButton>
        </Tooltip>
        <CloseButton size={32} aria-label={t('detail.close')} onClick={on.onClose} />
      </header>
      <div className={styles.body}>
        <BikeReadings bike={bike} />
        <CourierSection bike={bike} registry={registry} />
        <DeliverySection bike={bike} registry={registry} />
        <IssueSection bike={bike} registry={registry} />
        <TrackerSection bike={bike} registry={registry} />
        {bike.note !== '' && (
          <DetailSection title={t('detail.note')}>
            <p className={styles.note}>{bike.note}</p>
          </DetailSection>
        )}
        <BikeHistorySection bike={bike} key={bike.id} />
      </div>
    </aside>
  )
}
