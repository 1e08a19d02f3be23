import type { Delivery } from '@fleet/domain'
import { Menu } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useMay } from '../app/session.ts'
import { commonSteps } from './delivery-actions.ts'
import { useDeliverySteps } from './delivery-steps.tsx'
import { isMovable } from './lane-moves.ts'
import styles from './delivery-lanes.module.css'

const quarterMs = 15 * 60_000

/** Where the menu was asked for, and of what. */
export interface BlockMenuPlace {
  readonly deliveries: readonly Delivery[]
  /** In the window. */
  readonly x: number
  readonly y: number
}

interface BlockMenuProps extends BlockMenuPlace {
  readonly onOpen: (delivery: Delivery) => void
  readonly onClose: () => void
}

/** What can be done with a block of the lanes, or with all that are selected: the same as by dragging, and the steps. */
export function BlockMenu({ deliveries, x, y, onOpen, onClose }: BlockMenuProps) {
  const { t } = useTranslation()
  const steps = useDeliverySteps()
  const mayChange = useMay('updateDelivery')
  const [first, ...others] = deliveries
  return (
    <Menu
      opened
      position="bottom-start"
      shadow="md"
      withinPortal
      withInitialFocusPlaceholder={false}
      returnFocus={false}
      onClose={onClose}
    >
      <Menu.Target>
        <button
          type="button"
          tabIndex={-1}
          className={styles.menuPlace}
          style={{ left: x, top: y }}
          aria-label={others.length === 0 ? first!.code : t('delivery.count', { count: deliveries.length })}
        />
      </Menu.Target>
      <Menu.Dropdown>
        {others.length === 0 && <Menu.Item onClick={() => onOpen(first!)}>{t('lanes.open')}</Menu.Item>}
        {mayChange && deliveries.every(isMovable) && (
          <>
            <Menu.Item onClick={() => steps.move(deliveries, -quarterMs)}>{t('lanes.earlier')}</Menu.Item>
            <Menu.Item onClick={() => steps.move(deliveries, quarterMs)}>{t('lanes.later')}</Menu.Item>
          </>
        )}
        {mayChange &&
          commonSteps(deliveries).map((event) => (
            <Menu.Item key={event} onClick={() => steps.take(deliveries, event)}>
              {t(
                event === 'assign' && deliveries.every(({ courierId }) => courierId !== null)
                  ? 'delivery.step.handover'
                  : `delivery.step.${event}`,
              )}
            </Menu.Item>
          ))}
      </Menu.Dropdown>
    </Menu>
  )
}
