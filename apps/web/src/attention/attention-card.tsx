import type { AttentionItem, AttentionKind, Courier, Delivery } from '@fleet/domain'
import { ActionIcon, Button } from '@mantine/core'
import {
  type Icon,
  IconAlertTriangle,
  IconBattery1,
  IconClockExclamation,
  IconPackage,
  IconPhone,
  IconUserQuestion,
  IconUsers,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useMay } from '../app/session.ts'
import { useDeliverySteps } from '../deliveries-page/delivery-steps.tsx'
import { PriorityMark } from '../deliveries-page/delivery-status-mark.tsx'
import { dragType } from '../deliveries-page/drag.ts'
import { useFormat } from '../i18n/format.ts'
import type { Registry } from '../live/registry.ts'
import { reasonText } from './reason-text.ts'
import styles from './attention-panel.module.css'

const icons: Readonly<Record<AttentionKind, Icon>> = {
  late: IconClockExclamation,
  unassigned: IconPackage,
  courier: IconUserQuestion,
  battery: IconBattery1,
  issue: IconAlertTriangle,
}

/** From here on something should have been done already. */
const pressing = 50

interface AttentionCardProps {
  readonly item: AttentionItem
  readonly registry: Registry
  readonly nowMs: number
  readonly onBike: (bikeNo: number) => void
}

/** One matter. A delivery can be dragged onto a courier's marker on the map. */
export function AttentionCard({ item, registry, nowMs, onBike }: AttentionCardProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const mayAssign = useMay('assignDelivery')
  const delivery = item.deliveryId === null ? undefined : registry.deliveries.get(item.deliveryId)
  const courier = item.courierId === null ? undefined : registry.couriers.get(item.courierId)
  const bikeId = item.bikeId ?? courier?.bikeId ?? null
  const bike = bikeId === null ? undefined : registry.bikes.get(bikeId)
  const KindIcon = icons[item.kind]
  const draggable = mayAssign && delivery !== undefined && delivery.status !== 'picked_up'
  return (
    <li
      className={styles.item}
      data-pressing={item.severity >= pressing}
      draggable={draggable}
      onDragStart={(event) => {
        if (delivery === undefined) return
        event.dataTransfer.setData(dragType, delivery.id)
        event.dataTransfer.effectAllowed = 'move'
      }}
    >
      <KindIcon className={styles.kind} size={18} stroke={1.75} aria-hidden />
      <div className={styles.words}>
        <p className={styles.subject}>
          {delivery !== undefined ? (
            <Link to="/deliveries" search={{ d: delivery.code }}>
              {delivery.code}
            </Link>
          ) : bike !== undefined ? (
            <button type="button" onClick={() => onBike(bike.no)}>
              {courier?.name ?? bike.code}
            </button>
          ) : (
            <span>{courier?.name ?? ''}</span>
          )}
          {delivery !== undefined && <PriorityMark priority={delivery.priority} />}
          {delivery !== undefined && courier !== undefined && bike !== undefined && (
            <button type="button" className={styles.rider} onClick={() => onBike(bike.no)}>
              {courier.name}
            </button>
          )}
        </p>
        <p className={styles.reason}>{reasonText(t, format, item, nowMs)}</p>
        {delivery !== undefined && <p className={styles.address}>{delivery.dropoff.address}</p>}
      </div>
      <div className={styles.next}>
        <NextAction
          item={item}
          delivery={delivery}
          courier={courier}
          registry={registry}
          mayAssign={mayAssign}
          onBike={bike === undefined ? null : () => onBike(bike.no)}
        />
      </div>
    </li>
  )
}

interface NextActionProps {
  readonly item: AttentionItem
  readonly delivery: Delivery | undefined
  readonly courier: Courier | undefined
  readonly registry: Registry
  readonly mayAssign: boolean
  readonly onBike: (() => void) | null
}

function NextAction({ item, delivery, courier, registry, mayAssign, onBike }: NextActionProps) {
  const { t } = useTranslation()
  const steps = useDeliverySteps()
  const { action } = item
  switch (action.code) {
    case 'assign':
    case 'hand_over': {
      const deliveries = delivery === undefined ? underWayOf(registry, courier) : [delivery]
      if (!mayAssign || deliveries.length === 0) return null
      const best = action.courierId === null ? undefined : registry.couriers.get(action.courierId)
      const handOver = action.code === 'hand_over'
      if (best === undefined)
        return (
          <Button size="compact-xs" variant="light" onClick={() => steps.take(deliveries, 'assign')}>
            {t(handOver ? 'attention.action.handOver' : 'attention.action.assign')}
          </Button>
        )
      return (
        <>
          <Button size="compact-xs" variant="light" onClick={() => steps.assign(deliveries, best)}>
            {t(handOver ? 'attention.action.handOverTo' : 'attention.action.assignTo', {
              courier: best.name,
            })}
          </Button>
          <ActionIcon
            size={22}
            variant="subtle"
            color="gray"
            aria-label={t('attention.action.others', { code: delivery?.code ?? '' })}
            onClick={() => steps.take(deliveries, 'assign')}
          >
            <IconUsers size={15} aria-hidden />
          </ActionIcon>
        </>
      )
    }
    case 'call_courier':
      return courier === undefined || courier.phone === '' ? null : (
        <Button
          component="a"
          href={`tel:${courier.phone.replace(/[^\d+]/g, '')}`}
          size="compact-xs"
          variant="light"
          leftSection={<IconPhone size={14} aria-hidden />}
        >
          {t('attention.action.call', { courier: courier.name })}
        </Button>
      )
    case 'swap_bike':
    case 'handle_issue':
      break
  }
  return onBike === null ? null : (
    <Button size="compact-xs" variant="light" onClick={onBike}>
      {t(`attention.action.${action.code}`)}
    </Button>
  )
}

const underWayOf = (registry: Registry, courier: Courier | undefined): Delivery[] =>
  courier === undefined
    ? []
    : [...registry.deliveries.values()].filter(
        ({ courierId, status }) => courierId === courier.id && status === 'assigned',
      )
