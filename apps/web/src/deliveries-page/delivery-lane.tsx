import type { Courier, Delivery } from '@fleet/domain'
import { type DragEvent, memo, type MouseEvent, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../app/session.ts'
import { useFormat } from '../i18n/format.ts'
import type { Selection } from '../table/selection.ts'
import { dragOf, isDeliveryDrag } from './drag.ts'
import { axisX, blockSpan, type LaneAxis, packLane } from './lane-axis.ts'
import { deltaAt, type Grab, grabAt, isMovable } from './lane-moves.ts'
import type { LaneData } from './lanes-of.ts'
import { isActive, type Lateness, latenessOf } from './lateness.ts'
import styles from './delivery-lanes.module.css'

export const pxPerHour = 264
const trackPx = 34
const mostTracks = 7
/** Room for a code. */
const leastBlockPx = 78
const leastBlockMs = (leastBlockPx / pxPerHour) * 3_600_000

export const blockDomId = (id: string): string => `block-${id}`

/** What can be done with a block; the same object for as long as the lanes are shown. */
export interface BlockHandlers {
  readonly onPress: (delivery: Delivery, event: MouseEvent) => void
  readonly onMenu: (delivery: Delivery, event: MouseEvent) => void
  readonly onHover: (id: string | null) => void
  /** Dropped on a lane, so many ms later than it was; null: it came from elsewhere, or from another lane. */
  readonly onDrop: (event: DragEvent, courier: Courier | null, deltaMs: number | null) => void
}

interface LaneProps extends LaneData {
  readonly axis: LaneAxis
  readonly nowMs: number
  readonly selection: Selection
  /** Of this lane's deliveries; null: none of them. */
  readonly openId: string | null
  readonly hoveredId: string | null
  readonly focusId: string | null
  /** What is being dragged, whichever lane it is from. */
  readonly grab: { current: Grab | null }
  readonly handlers: BlockHandlers
}

/** One courier's deliveries over the hours. Dropped on its own lane a block is moved in time, on another it is given away. */
export const DeliveryLane = memo(function DeliveryLane(props: LaneProps) {
  const { courier, deliveries, axis, selection, grab, handlers } = props
  const { t } = useTranslation()
  const format = useFormat()
  const mayMove = useMay('updateDelivery')
  const [over, setOver] = useState(false)
  const [all, setAll] = useState(false)
  const [ghost, setGhost] = useState<{ readonly delivery: Delivery; readonly deltaMs: number } | null>(null)
  const blocksBox = useRef<HTMLDivElement>(null)
  const { blocks, tracks } = useMemo(() => packLane(deliveries, leastBlockMs), [deliveries])
  // Whoever drags from nobody's lane must see the lanes below it.
  const tracksShown = courier === null && !all ? Math.min(tracks, mostTracks) : tracks
  const name = courier?.name ?? t('delivery.nobodys')
  const underWay = deliveries.filter(isActive).length

  const xOf = (event: MouseEvent) => event.clientX - blocksBox.current!.getBoundingClientRect().left
  const deltaOf = (event: DragEvent): number | null => {
    const taken = grab.current
    const isOwn = taken !== null && deliveries.some(({ id }) => id === taken.delivery.id)
    return isOwn ? deltaAt(taken, axis, xOf(event)) : null
  }
  const leave = () => {
    setOver(false)
    setGhost(null)
  }
  return (
    <div
      role="group"
      className={styles.lane}
      aria-label={name}
      data-over={over}
      data-nobody={courier === null}
      style={{ height: tracksShown * trackPx + 8 }}
      onDragOver={(event) => {
        if (!isDeliveryDrag(event)) return
        event.preventDefault()
        const deltaMs = deltaOf(event)
        setOver(deltaMs === null)
        if (deltaMs !== null && deltaMs !== ghost?.deltaMs)
          setGhost({ delivery: grab.current!.delivery, deltaMs })
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) leave()
      }}
      onDrop={(event) => {
        event.preventDefault()
        const deltaMs = deltaOf(event)
        leave()
        handlers.onDrop(event, courier, deltaMs)
      }}
    >
      <div className={styles.name}>
        <strong>{name}</strong>
        <span>
          {courier !== null && courier.shift !== 'on' ? `${t(`shift.${courier.shift}`)} · ` : ''}
          {t('assign.load', { count: underWay })}
        </span>
        {courier === null && tracks > mostTracks && (
          <button type="button" className={styles.more} aria-expanded={all} onClick={() => setAll(!all)}>
            {t(all ? 'lanes.fewer' : 'lanes.all')}
          </button>
        )}
      </div>
      <div ref={blocksBox} className={styles.blocks}>
        {blocks.map(({ delivery, track }) => {
          if (track >= tracksShown) return null
          const { id, dropoff } = delivery
          const span = blockSpan(delivery)
          const left = axisX(axis, span.fromMs)
          return (
            <Block
              key={id}
              delivery={delivery}
              status={t(`deliveryStatus.${delivery.status}`)}
              window={t('detail.window', {
                from: format.time(dropoff.window.fromMs),
                to: format.time(dropoff.window.toMs),
              })}
              top={track * trackPx + 4}
              left={left}
              width={Math.max(leastBlockPx - 4, axisX(axis, span.toMs) - left - 2)}
              tone={latenessOf(delivery, props.nowMs)}
              open={id === props.openId}
              hovered={id === props.hoveredId}
              selected={selection.has(id)}
              inTabOrder={id === props.focusId}
              draggable={mayMove && isMovable(delivery)}
              handlers={handlers}
              onGrab={(event) => {
                grab.current = grabAt(delivery, axis, xOf(event))
                const { type, data } = dragOf(id, selection)
                event.dataTransfer.setData(type, data)
                event.dataTransfer.effectAllowed = 'move'
              }}
              onLetGo={() => {
                grab.current = null
              }}
            />
          )
        })}
        {ghost !== null && (
          <div
            className={styles.ghost}
            aria-hidden
            style={{ left: axisX(axis, blockSpan(ghost.delivery).fromMs + ghost.deltaMs) }}
          >
            {t('detail.window', {
              from: format.time(ghost.delivery.dropoff.window.fromMs + ghost.deltaMs),
              to: format.time(ghost.delivery.dropoff.window.toMs + ghost.deltaMs),
            })}
          </div>
        )}
      </div>
    </div>
  )
})

interface BlockProps {
  readonly delivery: Delivery
  readonly status: string
  readonly window: string
  readonly top: number
  readonly left: number
  readonly width: number
  readonly tone: Lateness
  readonly open: boolean
  readonly hovered: boolean
  readonly selected: boolean
  /** Of all blocks one; the arrow keys lead to the others. */
  readonly inTabOrder: boolean
  readonly draggable: boolean
  readonly handlers: BlockHandlers
  readonly onGrab: (event: DragEvent) => void
  readonly onLetGo: () => void
}

function Block(props: BlockProps) {
  const { delivery, status, window, handlers } = props
  const { id, code, dropoff } = delivery
  return (
    <button
      type="button"
      id={blockDomId(id)}
      data-block={id}
      className={styles.block}
      data-status={delivery.status}
      data-tone={props.tone}
      data-open={props.open}
      data-hovered={props.hovered}
      aria-pressed={props.selected}
      tabIndex={props.inTabOrder ? 0 : -1}
      draggable={props.draggable}
      title={`${code} · ${dropoff.address} · ${window}`}
      aria-label={`${code}, ${status}, ${dropoff.address}, ${window}`}
      style={{ top: props.top, left: props.left, width: props.width }}
      onClick={(event) => handlers.onPress(delivery, event)}
      onContextMenu={(event) => handlers.onMenu(delivery, event)}
      onPointerEnter={() => handlers.onHover(id)}
      onPointerLeave={() => handlers.onHover(null)}
      onFocus={() => handlers.onHover(id)}
      onBlur={() => handlers.onHover(null)}
      onDragStart={props.onGrab}
      onDragEnd={props.onLetGo}
    >
      <strong>{code}</strong> <span>{dropoff.address}</span>
    </button>
  )
}
