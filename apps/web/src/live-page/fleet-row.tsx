import { unsaid } from '@fleet/api'
import { IconBattery1, IconBolt } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.ts'
import { useLive } from '../live/live-hooks.ts'
import { lowBatteryPct } from '../live/marker-columns.ts'
import type { Registry } from '../live/registry.ts'
import { bikesByNo, couriersByBike, deliveriesByCourier } from './fleet-index.ts'
import { StatusIcon } from './status-icon.tsx'
import styles from './fleet-row.module.css'

interface FleetRowProps {
  readonly bikeNo: number
  readonly registry: Registry
  readonly nowMs: number
  readonly top: number
  readonly place: number
  readonly of: number
  readonly active: boolean
  readonly selected: boolean
  readonly onOpen: (bikeNo: number, byKeyboard: boolean) => void
  readonly onHover: (bikeNo: number | null) => void
}

/** Fixes older than this are worth a look. */
export const oldFixMs = 120_000

export function FleetRow(props: FleetRowProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const { markers } = useLive()
  const { bikeNo, registry } = props
  const bike = bikesByNo(registry.bikes).get(bikeNo)
  const slot = markers.slotOfNo.get(bikeNo)
  if (bike === undefined || slot === undefined) return null
  const courier = couriersByBike(registry.couriers).get(bike.id)
  const delivery =
    courier === undefined ? undefined : deliveriesByCourier(registry.deliveries).get(courier.id)?.[0]
  const fixMs = markers.fixTimeMs[slot]!
  const ageMs = fixMs === 0 ? null : props.nowMs - fixMs
  const battery = markers.batteryPct[slot]!
  const low = battery !== unsaid && battery <= lowBatteryPct
  return (
    <div
      id={`bike-${bikeNo}`}
      className={styles.row}
      role="option"
      aria-selected={props.selected}
      aria-posinset={props.place}
      aria-setsize={props.of}
      data-active={props.active}
      style={{ transform: `translateY(${props.top}px)` }}
      onClick={() => props.onOpen(bikeNo, false)}
      onPointerEnter={() => props.onHover(bikeNo)}
    >
      <StatusIcon status={bike.status} />
      <span className={styles.code}>{bike.code}</span>
      <span className={styles.battery} data-low={low}>
        {battery !== unsaid && (
          <>
            {markers.charging[slot] === 1 ? (
              <IconBolt size={13} stroke={2} aria-hidden />
            ) : (
              low && <IconBattery1 size={15} stroke={2} aria-label={t('list.lowBattery')} />
            )}
            {format.percent(battery)}
          </>
        )}
      </span>
      <span className={styles.who}>
        {courier === undefined ? (
          <span className={styles.quiet}>{t(`bikeStatus.${bike.status}`)}</span>
        ) : (
          courier.name
        )}
        {delivery !== undefined && <span className={styles.quiet}> · {delivery.code}</span>}
      </span>
      <span className={styles.age} data-old={ageMs === null || ageMs > oldFixMs}>
        {ageMs === null ? t('age.never') : format.duration(ageMs)}
      </span>
    </div>
  )
}
