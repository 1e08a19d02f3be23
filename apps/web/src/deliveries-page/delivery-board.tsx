import { type Delivery, type DeliveryStatus, deliveryStatuses } from '@fleet/domain'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type DragEvent, useCallback, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useServices } from '../app/services.ts'
import { BoardColumn } from '../board/board-column.tsx'
import { useRegistry, useServerNow } from '../live/live-hooks.ts'
import { stepBetween } from './delivery-actions.ts'
import { DeliveryCard } from './delivery-card.tsx'
import { DeliveryStatusMark } from './delivery-status-mark.tsx'
import { useDeliverySteps } from './delivery-steps.tsx'
import { draggedIds, isDeliveryDrag } from './drag.ts'
import board from '../board/board.module.css'
import styles from './delivery-board.module.css'

const cardHeightPx = 82
const cardGapPx = 8

interface DeliveryBoardProps {
  readonly rows: readonly Delivery[]
  readonly newest: (delivery: Delivery) => Delivery
  readonly openId: string | null
  readonly onOpen: (delivery: Delivery, byKeyboard: boolean) => void
  /** Under the pointer, here or on the map. */
  readonly hoveredId: string | null
  readonly onHover: (id: string | null) => void
}

/** A column a status; a card that is dropped in another column takes the step that leads there. */
export default function DeliveryBoard({ rows, newest, ...others }: DeliveryBoardProps) {
  const current = useMemo(() => rows.map(newest), [rows, newest])
  const columns = useMemo(() => {
    const byStatus = Object.fromEntries(
      deliveryStatuses.map((status): [DeliveryStatus, Delivery[]] => [status, []]),
    ) as Record<DeliveryStatus, Delivery[]>
    for (const delivery of current) byStatus[delivery.status].push(delivery)
    // What is promised first is at the top; of what is over, the newest.
    for (const status of deliveryStatuses)
      byStatus[status].sort((a, b) =>
        status === 'delivered' || status === 'cancelled'
          ? b.updatedAtMs - a.updatedAtMs
          : a.dropoff.window.toMs - b.dropoff.window.toMs,
      )
    return byStatus
  }, [current])
  return (
    <div className={`${board.board} ${styles.board}`}>
      {deliveryStatuses.map((status) => (
        <StatusColumn key={status} status={status} deliveries={columns[status]} {...others} rows={current} />
      ))}
    </div>
  )
}

interface StatusColumnProps extends Omit<DeliveryBoardProps, 'newest'> {
  readonly status: DeliveryStatus
  readonly deliveries: readonly Delivery[]
}

function StatusColumn(props: StatusColumnProps) {
  const { status, deliveries, rows, openId, onOpen, hoveredId, onHover } = props
  const { t } = useTranslation()
  const { toasts } = useServices()
  const steps = useDeliverySteps()
  const { couriers } = useRegistry(1_000)
  const nowMs = useServerNow(15_000)
  const box = useRef<HTMLDivElement>(null)
  // oxlint-disable-next-line react/incompatible-library -- its functions are called in this render and given to nobody
  const virtualizer = useVirtualizer({
    count: deliveries.length,
    getScrollElement: () => box.current,
    estimateSize: () => cardHeightPx + cardGapPx,
    getItemKey: useCallback((index: number) => deliveries[index]!.id, [deliveries]),
    overscan: 4,
  })
  const onDrop = (event: DragEvent) => {
    const ids = new Set(draggedIds(event))
    const dropped = rows.filter(({ id, status: from }) => ids.has(id) && from !== status)
    const [first] = dropped
    if (first === undefined) return
    const step = stepBetween(first, status)
    if (step === null)
      toasts.show({
        tone: 'failed',
        text: t('delivery.noStep', {
          code: first.code,
          from: t(`deliveryStatus.${first.status}`),
          to: t(`deliveryStatus.${status}`),
        }),
      })
    else steps.take(dropped, step)
  }
  return (
    <BoardColumn
      label={t(`deliveryStatus.${status}`)}
      mark={<DeliveryStatusMark status={status} />}
      count={deliveries.length}
      accepts={isDeliveryDrag}
      onDrop={onDrop}
    >
      <div
        ref={box}
        className={board.cards}
        tabIndex={deliveries.length === 0 ? undefined : 0}
        role="group"
        aria-label={t(`deliveryStatus.${status}`)}
      >
        <div className={styles.cardSpace} style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, start, key }) => {
            const delivery = deliveries[index]!
            return (
              <div key={key} className={styles.place} style={{ transform: `translateY(${start}px)` }}>
                <DeliveryCard
                  delivery={delivery}
                  courierName={
                    delivery.courierId === null ? null : (couriers.get(delivery.courierId)?.name ?? null)
                  }
                  nowMs={nowMs}
                  open={delivery.id === openId}
                  hovered={delivery.id === hoveredId}
                  onOpen={onOpen}
                  onHover={onHover}
                />
              </div>
            )
          })}
        </div>
      </div>
    </BoardColumn>
  )
}
