import type { Delivery, DeliveryStatus } from '@fleet/domain'
import {
  type Icon,
  IconBan,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconPackageExport,
  IconUserCheck,
} from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import styles from './delivery-status-mark.module.css'

/** A shape each, so that statuses are told apart without colour. */
export const deliveryStatusIcons: Readonly<Record<DeliveryStatus, Icon>> = {
  unassigned: IconCircleDashed,
  assigned: IconUserCheck,
  picked_up: IconPackageExport,
  delivered: IconCircleCheck,
  failed: IconCircleX,
  cancelled: IconBan,
}

export function DeliveryStatusMark({ status }: { status: DeliveryStatus }) {
  const { t } = useTranslation()
  const StatusIcon = deliveryStatusIcons[status]
  return (
    <span className={styles.status} data-status={status}>
      <StatusIcon size={15} stroke={2} aria-hidden />
      {t(`deliveryStatus.${status}`)}
    </span>
  )
}

export function PriorityMark({ priority }: Pick<Delivery, 'priority'>) {
  const { t } = useTranslation()
  if (priority === 'normal') return null
  return (
    <span className={styles.priority} data-priority={priority}>
      {t(`priority.${priority}`)}
    </span>
  )
}
