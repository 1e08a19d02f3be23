import { type Delivery, hourMs, minuteMs } from '@fleet/domain'
import {
  type CSSProperties,
  type KeyboardEvent,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../app/session.ts'
import { amsterdamDate, amsterdamDay } from '../i18n/amsterdam-day.ts'
import { useFormat } from '../i18n/format.ts'
import { useRegistry, useServerNow } from '../live/live-hooks.ts'
import { type Selection, toggleRow } from '../table/selection.ts'
import { BlockMenu, type BlockMenuPlace } from './block-menu.tsx'
import { blockDomId, type BlockHandlers, DeliveryLane, pxPerHour } from './delivery-lane.tsx'
import { useDeliverySteps } from './delivery-steps.tsx'
import { draggedIds } from './drag.ts'
import { axisHours, axisWidthPx, axisX, createLaneAxis } from './lane-axis.ts'
import { type Grab, isMovable, movedWindows, moveStepMs, neighbourOf } from './lane-moves.ts'
import { createLaneMaker } from './lanes-of.ts'
import { useNudge } from './use-nudge.ts'
import styles from './delivery-lanes.module.css'

interface DeliveryLanesProps {
  readonly rows: readonly Delivery[]
  readonly newest: (delivery: Delivery) => Delivery
  readonly date: string
  readonly selection: Selection
  readonly onSelect: (selection: Selection) => void
  readonly openId: string | null
  readonly onOpen: (delivery: Delivery, byKeyboard: boolean) => void
  /** Under the pointer, here or on the map. */
  readonly hoveredId: string | null
  readonly onHover: (id: string | null) => void
}

/**
 * A lane a courier over the hours of the day, with nobody's deliveries on top. The focus is on one block: arrows move it,
 * Enter opens, Space selects, Alt with arrows makes it earlier, later, or somebody else's.
 */
export default function DeliveryLanes(props: DeliveryLanesProps) {
  const { rows, newest, date, selection, onSelect, openId, onOpen, hoveredId, onHover } = props
  const { t } = useTranslation()
  const format = useFormat()
  const steps = useDeliverySteps()
  const mayMove = useMay('updateDelivery')
  const { couriers } = useRegistry(1_000)
  const seenMs = useServerNow(15_000)
  const nowMs = seenMs - (seenMs % minuteMs)
  const isToday = date === amsterdamDate(nowMs)
  const box = useRef<HTMLDivElement>(null)
  const grab = useRef<Grab | null>(null)
  const [nudge, moveByKey] = useNudge()
  const [focusedId, setFocusedId] = useState<string | null>(null)
  const [menu, setMenu] = useState<BlockMenuPlace | null>(null)

  const shown = useMemo(
    () =>
      rows
        .map(newest)
        .filter(({ status }) => status !== 'cancelled' && status !== 'failed')
        .map((row) =>
          row.id === nudge?.delivery.id ? { ...row, ...movedWindows(row, nudge.deltaMs) } : row,
        ),
    [rows, newest, nudge],
  )
  const byId = useMemo(() => new Map<string, Delivery>(shown.map((row) => [row.id, row])), [shown])
  const axis = useMemo(
    () => createLaneAxis(amsterdamDay(date), shown, isToday ? nowMs : null, pxPerHour),
    // oxlint-disable-next-line react/exhaustive-deps -- the axis grows with the hour, not with the minute
    [date, shown, isToday, Math.floor(nowMs / hourMs)],
  )
  const [createLanes] = useState(() => createLaneMaker())
  const lanes = useMemo(() => createLanes(shown, couriers), [createLanes, shown, couriers])
  const { fromMs, toMs } = axis
  // A row that changed makes other lanes, but mostly the same axis.
  // oxlint-disable-next-line react/exhaustive-deps -- its two ends are all there is to it
  const sameAxis = useMemo(() => axis, [fromMs, toMs])

  useEffect(() => {
    const element = box.current
    if (element === null || !isToday) return
    element.scrollLeft = axisX(axis, nowMs) - element.clientWidth / 3
    // oxlint-disable-next-line react/exhaustive-deps -- to the present once, when the lanes of a day are opened
  }, [date, isToday])
  // What was in view stays there when rows come in that begin earlier.
  const start = useRef({ date, fromMs })
  useLayoutEffect(() => {
    if (start.current.date === date) box.current!.scrollLeft += axisX(axis, start.current.fromMs)
    start.current = { date, fromMs }
    // oxlint-disable-next-line react/exhaustive-deps -- only when the axis begins elsewhere
  }, [date, fromMs])
  const blockOf = (id: string) => document.getElementById(blockDomId(id))
  useEffect(() => {
    if (openId !== null) blockOf(openId)?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [openId])

  // A block that is given to somebody else is another element in another lane, and takes the focus along.
  const follow = useRef<string | null>(null)
  useEffect(() => {
    const block = follow.current === null ? null : blockOf(follow.current)
    const active = document.activeElement
    if (block === null || active === block) return
    // With its element goes the focus; where it is somewhere else, the person has put it there.
    if (active === document.body) block.focus()
    follow.current = null
  })

  const give = (delivery: Delivery, direction: 1 | -1) => {
    const takers = lanes.filter(
      ({ courier }) => courier?.shift !== 'off' || courier.id === delivery.courierId,
    )
    const at = takers.findIndex(({ courier }) => (courier?.id ?? null) === delivery.courierId)
    const taker = takers[at + direction]
    if (at < 0 || taker === undefined) return
    follow.current = delivery.id
    if (taker.courier === null) steps.take([delivery], 'unassign')
    else steps.assign([delivery], taker.courier)
  }
  const focusNeighbour = (id: string, key: string) => {
    // Of what nobody has, not all may be on screen.
    for (let next = neighbourOf(lanes, id, key); next !== null; next = neighbourOf(lanes, next.id, key)) {
      const block = blockOf(next.id)
      if (block !== null) {
        setFocusedId(next.id)
        return block.focus()
      }
      if (key === 'Home' || key === 'End') return
    }
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const id = (event.target as HTMLElement).dataset['block']
    const delivery = id === undefined ? undefined : byId.get(id)
    if (id === undefined || delivery === undefined || event.ctrlKey || event.metaKey) return
    if (event.altKey) {
      const sideways = { ArrowLeft: -moveStepMs, ArrowRight: moveStepMs }[event.key]
      const upOrDown = ({ ArrowUp: -1, ArrowDown: 1 } as const)[event.key]
      if (sideways === undefined && upOrDown === undefined) return
      if (mayMove && isMovable(delivery)) {
        if (sideways !== undefined) moveByKey(delivery, sideways)
        else give(delivery, upOrDown!)
      }
    } else if (/^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(event.key)) focusNeighbour(id, event.key)
    else if (event.key === ' ') onSelect(toggleRow(selection, id))
    else return
    event.preventDefault()
  }

  const latest = useRef<BlockHandlers>(null!)
  useEffect(() => {
    latest.current = {
      onPress: (delivery, event) => {
        setFocusedId(delivery.id)
        if (event.ctrlKey || event.metaKey || event.shiftKey) onSelect(toggleRow(selection, delivery.id))
        else onOpen(delivery, event.detail === 0)
      },
      onMenu: (delivery, event) => {
        event.preventDefault()
        const these = selection.has(delivery.id) ? shown.filter(({ id }) => selection.has(id)) : [delivery]
        const { left, bottom } = event.currentTarget.getBoundingClientRect()
        // From the keyboard there is no pointer to be at.
        const byKey = event.button !== 2
        setMenu({ deliveries: these, x: byKey ? left : event.clientX, y: byKey ? bottom : event.clientY })
      },
      onHover,
      onDrop: (event, courier, deltaMs) => {
        const dropped = draggedIds(event).flatMap((id) => byId.get(id) ?? [])
        if (deltaMs !== null) return steps.move(dropped.filter(isMovable), deltaMs)
        const others = dropped.filter(({ courierId }) => courierId !== (courier?.id ?? null))
        if (courier === null) steps.take(others, 'unassign')
        else steps.assign(others, courier)
      },
    }
  })
  const [handlers] = useState((): BlockHandlers => ({
    onPress: (...these) => latest.current.onPress(...these),
    onMenu: (...these) => latest.current.onMenu(...these),
    onHover: (...these) => latest.current.onHover(...these),
    onDrop: (...these) => latest.current.onDrop(...these),
  }))
  const inTabOrder = [focusedId, openId].find((id) => id !== null && byId.has(id)) ?? shown[0]?.id ?? null
  return (
    <div
      ref={box}
      className={styles.lanes}
      tabIndex={shown.length === 0 ? 0 : undefined}
      role="group"
      aria-label={t('lanes.label')}
      style={{ '--axis-width': `${axisWidthPx(axis)}px`, '--hour': `${pxPerHour}px` } as CSSProperties}
      onKeyDown={onKeyDown}
    >
      <div className={styles.axis} aria-hidden>
        <div className={styles.corner}>{format.dayShort(axis.fromMs)}</div>
        <div className={styles.hours}>
          {axisHours(axis).map((ms) => (
            <span key={ms} style={{ left: axisX(axis, ms) }}>
              {format.time(ms)}
            </span>
          ))}
          {isToday && (
            <em className={styles.nowLabel} style={{ left: axisX(axis, nowMs) }}>
              {format.time(nowMs)}
            </em>
          )}
        </div>
      </div>
      <div className={styles.rows}>
        {isToday && (
          <div className={styles.now} style={{ left: `calc(var(--name-width) + ${axisX(axis, nowMs)}px)` }} />
        )}
        {lanes.map(({ courier, deliveries }) => {
          const own = (id: string | null) =>
            id !== null && (byId.get(id)?.courierId ?? null) === (courier?.id ?? null) ? id : null
          return (
            <DeliveryLane
              key={courier?.id ?? 'nobody'}
              courier={courier}
              deliveries={deliveries}
              axis={sameAxis}
              nowMs={nowMs}
              selection={selection}
              openId={own(openId)}
              hoveredId={own(hoveredId)}
              focusId={own(inTabOrder)}
              grab={grab}
              handlers={handlers}
            />
          )
        })}
      </div>
      {menu !== null && (
        <BlockMenu
          {...menu}
          onOpen={(delivery) => onOpen(delivery, true)}
          onClose={() => {
            setMenu(null)
            blockOf(menu.deliveries[0]!.id)?.focus()
          }}
        />
      )}
    </div>
  )
}
