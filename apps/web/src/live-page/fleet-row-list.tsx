import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useRegistry, useServerNow } from '../live/live-hooks.ts'
import { FleetRow } from './fleet-row.tsx'
import styles from './fleet-row.module.css'

export const rowHeightPx = 52

interface FleetRowListProps {
  readonly order: readonly number[]
  readonly selectedNo: number | null
  readonly onOpen: (bikeNo: number, byKeyboard: boolean) => void
  readonly onHover: (bikeNo: number | null) => void
}

/**
 * A listbox of which only the visible options exist. The focus stays on the list and `aria-activedescendant` names
 * the option, so an option that scrolls away takes no focus with it.
 */
export function FleetRowList({ order, selectedNo, onOpen, onHover }: FleetRowListProps) {
  const { t } = useTranslation()
  const registry = useRegistry(1_000)
  const nowMs = useServerNow(1_000)
  const box = useRef<HTMLDivElement>(null)
  const [activeNo, setActiveNo] = useState<number | null>(null)
  const virtualizer = useVirtualizer({
    count: order.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeightPx,
    getItemKey: useCallback((index: number) => order[index]!, [order]),
    overscan: 4,
  })

  const selectedIndex = selectedNo === null ? -1 : order.indexOf(selectedNo)
  useEffect(() => {
    // Whoever picked a bike on the map finds it in the list.
    if (selectedIndex >= 0) virtualizer.scrollToIndex(selectedIndex, { align: 'auto' })
    // oxlint-disable-next-line react/exhaustive-deps -- only when another bike is selected, not when rows move
  }, [selectedNo])

  const activeIndex = order.indexOf(activeNo ?? selectedNo ?? -1)
  const activate = (index: number) => {
    const clamped = Math.max(0, Math.min(order.length - 1, index))
    setActiveNo(order[clamped]!)
    virtualizer.scrollToIndex(clamped, { align: 'auto' })
    onHover(order[clamped]!)
  }
  const page = Math.max(1, Math.floor((box.current?.clientHeight ?? rowHeightPx) / rowHeightPx) - 1)
  const onKeyDown = (event: KeyboardEvent) => {
    const to: Record<string, number> = {
      ArrowDown: activeIndex + 1,
      ArrowUp: activeIndex < 0 ? 0 : activeIndex - 1,
      PageDown: activeIndex + page,
      PageUp: activeIndex - page,
      Home: 0,
      End: order.length - 1,
    }
    const index = to[event.key]
    if (index !== undefined) activate(index)
    else if ((event.key === 'Enter' || event.key === ' ') && activeIndex >= 0)
      onOpen(order[activeIndex]!, true)
    else return
    event.preventDefault()
  }

  return (
    <div
      ref={box}
      id="fleet-list"
      className={styles.list}
      role="listbox"
      tabIndex={0}
      aria-label={t('list.rows')}
      aria-activedescendant={activeIndex < 0 ? undefined : `bike-${order[activeIndex]}`}
      onKeyDown={onKeyDown}
      onBlur={() => onHover(null)}
      onPointerLeave={() => onHover(null)}
    >
      <div role="presentation" className={styles.rows} style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => (
          <FleetRow
            key={order[index]}
            bikeNo={order[index]!}
            registry={registry}
            nowMs={nowMs}
            top={start}
            place={index + 1}
            of={order.length}
            active={index === activeIndex}
            selected={order[index] === selectedNo}
            onOpen={onOpen}
            onHover={onHover}
          />
        ))}
      </div>
    </div>
  )
}
