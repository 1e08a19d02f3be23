import { unsaid } from '@fleet/api'
import type { Bike } from '@fleet/domain'
import { IconBattery1, IconBattery3, IconBolt } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.ts'
import { useLive, useServerNow } from '../live/live-hooks.ts'
import { lowBatteryPct } from '../live/marker-columns.ts'
import { oldFixMs } from './fleet-row.tsx'
import styles from './bike-readings.module.css'

/** What the newest fix says, renewed twice a second. */
export function BikeReadings({ bike }: { bike: Bike }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { markers } = useLive()
  const nowMs = useServerNow(500)
  const slot = markers.slotOfNo.get(bike.no)
  if (slot === undefined || markers.fixTimeMs[slot] === 0)
    return <p className={styles.none}>{t('age.never')}</p>
  const said = (value: number, text: (value: number) => string) =>
    value === unsaid ? <span className={styles.unknown}>{t('detail.unknown')}</span> : text(value)
  const battery = markers.batteryPct[slot]!
  const ageMs = nowMs - markers.fixTimeMs[slot]!
  const charging = markers.charging[slot] === 1
  const low = battery !== unsaid && battery <= lowBatteryPct && !charging
  const BatteryIcon = charging ? IconBolt : low ? IconBattery1 : IconBattery3
  return (
    <dl className={styles.readings}>
      <div data-tone={ageMs > oldFixMs ? 'warn' : undefined}>
        <dt>{t('detail.lastFix')}</dt>
        <dd title={format.timeWithSeconds(markers.fixTimeMs[slot]!)}>
          {t('age.ago', { age: format.duration(ageMs, true) })}
        </dd>
      </div>
      <div>
        <dt>{t('detail.speed')}</dt>
        <dd>{said(markers.speedMps[slot]!, format.speed)}</dd>
      </div>
      <div data-tone={low ? 'bad' : undefined}>
        <dt>{t('detail.battery')}</dt>
        <dd>
          {battery !== unsaid && <BatteryIcon size={16} stroke={1.75} aria-hidden />}
          {said(battery, format.percent)}
          {charging && <span className="heard-only">{t('detail.charging')}</span>}
        </dd>
      </div>
      <div>
        <dt>{t('detail.odometer')}</dt>
        <dd>{format.distanceKm(markers.odometerM[slot]!)}</dd>
      </div>
      <div>
        <dt>{t('detail.accuracy')}</dt>
        <dd>{said(markers.accuracyM[slot]!, format.metres)}</dd>
      </div>
    </dl>
  )
}
