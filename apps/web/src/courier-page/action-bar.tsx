import type { Courier, ShiftEvent } from '@fleet/domain'
import { Button, Menu } from '@mantine/core'
import { IconAlertTriangle, IconClock, IconNavigation, IconPhone } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { navigationLink, phoneLink } from './phone-links.ts'
import type { CourierStop } from './stops.ts'
import styles from './action-bar.module.css'
import { useSteadyPress } from './use-steady-press.ts'

interface ActionBarProps {
  readonly courier: Courier
  /** What is shown large; null when there is nothing to do. */
  readonly stop: CourierStop | null
  /** A sheet is open above it: where that was pressed, this is afterwards. */
  readonly isCovered: boolean
  readonly dispatchPhone: string | null
  readonly onPickUp: (stop: CourierStop) => void
  readonly onDeliver: (stop: CourierStop) => void
  readonly onProblem: () => void
  readonly onShift: (event: ShiftEvent) => void
}

/** What there is to do, where the thumb is. */
export function ActionBar(props: ActionBarProps) {
  const { t } = useTranslation()
  const { courier, stop, dispatchPhone, onProblem, onShift } = props
  const phone = phoneLink(dispatchPhone ?? '')
  return (
    <div className={styles.bar} role="group" aria-label={t('me.actions')}>
      <div className={styles.main}>
        {stop !== null && courier.shift === 'on' && (
          <Button
            component="a"
            href={navigationLink(stop.place.point, stop.place.address, navigator.userAgent)}
            variant="default"
            className={styles.large}
            leftSection={<IconNavigation size={20} aria-hidden />}
          >
            {t('me.navigate')}
          </Button>
        )}
        <NextStep {...props} />
      </div>
      <div className={styles.more}>
        <Button
          variant="subtle"
          className={styles.small}
          leftSection={<IconAlertTriangle size={18} aria-hidden />}
          onClick={onProblem}
        >
          {t('me.problem')}
        </Button>
        {phone !== null && (
          <Button
            component="a"
            href={phone}
            variant="subtle"
            className={styles.small}
            leftSection={<IconPhone size={18} aria-hidden />}
          >
            {t('me.dispatcher')}
          </Button>
        )}
        {courier.shift !== 'off' && (
          <Menu position="top-end" shadow="md" width={220}>
            <Menu.Target>
              <Button
                variant="subtle"
                className={styles.small}
                leftSection={<IconClock size={18} aria-hidden />}
              >
                {t('me.shift')}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {courier.shift === 'on' && (
                <Menu.Item className={styles.item} onClick={() => onShift('pause')}>
                  {t('me.shiftStep.pause')}
                </Menu.Item>
              )}
              <Menu.Item className={styles.item} onClick={() => onShift('end')}>
                {t('me.shiftStep.end')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
    </div>
  )
}

/** The one thing that most likely comes next. */
function NextStep({ courier, stop, isCovered, onPickUp, onDeliver, onShift }: ActionBarProps) {
  const { t } = useTranslation()
  const about = stop === null ? '' : `${stop.kind} ${stop.deliveries.map(({ id }) => id).join()}`
  const press = useSteadyPress(`${courier.shift} ${about} ${isCovered}`)
  if (courier.shift !== 'on') {
    const event = courier.shift === 'off' ? 'start' : 'resume'
    return (
      <Button {...press} className={styles.large} onClick={() => onShift(event)}>
        {t(`me.shiftStep.${event}`)}
      </Button>
    )
  }
  if (stop === null) return null
  return stop.kind === 'pickup' ? (
    <Button {...press} className={styles.large} onClick={() => onPickUp(stop)}>
      {stop.deliveries.length === 1
        ? t('me.pickedUp')
        : t('me.pickedUpMany', { count: stop.deliveries.length })}
    </Button>
  ) : (
    <Button {...press} className={styles.large} onClick={() => onDeliver(stop)}>
      {t('me.deliver')}
    </Button>
  )
}
