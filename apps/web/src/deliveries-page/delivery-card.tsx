import type { Delivery } from '@fleet/domain'
import { ActionIcon, Menu } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../app/session.ts'
import { useFormat } from '../i18n/format.ts'
import { useChangedMark } from '../table/data-row.tsx'
import { possibleSteps } from './delivery-actions.ts'
import { PriorityMark } from './delivery-status-mark.tsx'
import { useDeliverySteps } from './delivery-steps.tsx'
import { dragType } from './drag.ts'
import { latenessOf } from './lateness.ts'
import board from '../board/board.module.css'
import styles from './delivery-card.module.css'

interface DeliveryCardProps {
  readonly delivery: Delivery
  readonly courierName: string | null
  readonly nowMs: number
  readonly open: boolean
  readonly hovered: boolean
  readonly onHover: (id: string | null) => void
  readonly onOpen: (delivery: Delivery, byKeyboard: boolean) => void
}

/** One delivery on the board: opened by its code, stepped by dragging it or by its menu. */
export const DeliveryCard = memo(function DeliveryCard(props: DeliveryCardProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const { delivery, courierName, nowMs } = props
  const mayStep = useMay('assignDelivery')
  const changed = useChangedMark(delivery)
  const { fromMs, toMs } = delivery.dropoff.window
  const steps = possibleSteps(delivery)
  return (
    <article
      className={`${board.card} ${styles.card}`}
      aria-label={delivery.code}
      data-open={props.open}
      data-changed={changed}
      data-hovered={props.hovered}
      draggable={mayStep && steps.length > 0}
      onDragStart={(event) => {
        event.dataTransfer.setData(dragType, delivery.id)
        event.dataTransfer.effectAllowed = 'move'
      }}
      onPointerEnter={() => props.onHover(delivery.id)}
      onPointerLeave={() => props.onHover(null)}
    >
      <div className={board.head}>
        <button
          type="button"
          className={board.title}
          onClick={(event) => props.onOpen(delivery, event.detail === 0)}
        >
          {delivery.code}
        </button>
        <PriorityMark priority={delivery.priority} />
        {mayStep && steps.length > 0 && <StepMenu delivery={delivery} />}
      </div>
      <p className={styles.address}>{delivery.dropoff.address}</p>
      <p className={`${board.line} ${styles.line}`} data-tone={latenessOf(delivery, nowMs)}>
        <span>{t('detail.window', { from: format.time(fromMs), to: format.time(toMs) })}</span>
        {courierName !== null && <span className={styles.courier}>{courierName}</span>}
      </p>
    </article>
  )
})

function StepMenu({ delivery }: { delivery: Delivery }) {
  const { t } = useTranslation()
  const steps = useDeliverySteps()
  return (
    <Menu position="bottom-end" shadow="md" withinPortal>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={24}
          className={board.menu}
          aria-label={t('delivery.stepsOf', { code: delivery.code })}
        >
          <IconDots size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {possibleSteps(delivery).map((event) => (
          <Menu.Item key={event} onClick={() => steps.take([delivery], event)}>
            {t(
              event === 'assign' && delivery.courierId !== null
                ? 'delivery.step.handover'
                : `delivery.step.${event}`,
            )}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
