import { Button, Skeleton } from '@mantine/core'
import type { Bike, Position } from '@fleet/domain'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Format, useFormat } from '../i18n/format.ts'
import { createSpeedProfile, historyMs, useBikeHistory } from './bike-history.ts'
import { ReplayLink } from '../replay-page/replay-link.tsx'
import { DetailSection } from '../drawer/detail-section.tsx'
import styles from './bike-history-section.module.css'

const firstRows = 8
const maxRows = 300

/** Speed over two hours and the newest fixes. */
export function BikeHistorySection({ bike }: { bike: Bike }) {
  const { t } = useTranslation()
  const { data, isError, isPending, refetch } = useBikeHistory(bike.id)
  return (
    <DetailSection title={t('detail.history')}>
      {isPending ? (
        <div role="status" aria-label={t('detail.historyLoading')}>
          <Skeleton height={48} mb={8} />
          <Skeleton height={120} />
        </div>
      ) : isError ? (
        <p className={styles.note}>
          {t('detail.historyFailed')}{' '}
          <Button size="compact-xs" variant="default" onClick={() => void refetch()}>
            {t('detail.retry')}
          </Button>
        </p>
      ) : data.length === 0 ? (
        <p className={styles.note}>{t('detail.noHistory')}</p>
      ) : (
        <>
          <SpeedChart positions={data} />
          <FixTable positions={data} />
          <ReplayLink fromMs={data[0]!.timeMs} toMs={data.at(-1)!.timeMs} about={{ bike: bike.code }} />
        </>
      )}
    </DetailSection>
  )
}

const shortestChartMs = 10 * 60_000
const chart = { width: 352, height: 44, buckets: 120 }
/** Trackers often speak less than every five seconds: shorter bars would be a comb. */
const shortestBarMs = 15_000

function SpeedChart({ positions }: { positions: readonly Position[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const toMs = positions.at(-1)!.timeMs + 1
  // A bike that set out a quarter of an hour ago gets the whole width for it, not a sliver at the right.
  const fromMs = Math.max(toMs - historyMs, Math.min(positions[0]!.timeMs, toMs - shortestChartMs))
  const buckets = Math.min(chart.buckets, Math.ceil((toMs - fromMs) / shortestBarMs))
  const profile = createSpeedProfile(positions, fromMs, toMs, buckets)
  const maxKmh = Math.max(0, ...profile.map((mps) => (mps ?? 0) * 3.6))
  // A city bike fills the chart at 30 km/h, so that charts of two bikes compare; a faster one stretches it.
  const topKmh = Math.max(30, maxKmh)
  const step = chart.width / buckets
  const bars = profile
    .map((mps, i) => {
      if (mps === null) return ''
      const height = Math.max(1, ((mps * 3.6) / topKmh) * (chart.height - 2))
      return `M${(i * step).toFixed(1)} ${chart.height}v${(-height).toFixed(1)}h${(step - 0.7).toFixed(1)}v${height.toFixed(1)}z`
    })
    .join('')
  return (
    <figure className={styles.chart}>
      <svg
        viewBox={`0 0 ${chart.width} ${chart.height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t('detail.speedChart', { max: format.number(maxKmh) })}
      >
        <path d={bars} />
      </svg>
      <figcaption>
        <span>{format.time(fromMs)}</span>
        <span>{t('detail.topSpeed', { speed: format.speed(maxKmh / 3.6) })}</span>
        <span>{format.time(toMs)}</span>
      </figcaption>
    </figure>
  )
}

function FixTable({ positions }: { positions: readonly Position[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [all, setAll] = useState(false)
  const newest = positions.slice(-(all ? maxRows : firstRows)).toReversed()
  return (
    <>
      <table className={styles.fixes}>
        <thead>
          <tr>
            <th scope="col">{t('detail.time')}</th>
            <th scope="col">{t('detail.speed')}</th>
            <th scope="col">{t('detail.margin')}</th>
            <th scope="col">{t('detail.battery')}</th>
            <th scope="col">{t('detail.flag')}</th>
          </tr>
        </thead>
        <tbody>
          {newest.map((position) => (
            <FixRow key={`${position.timeMs}-${position.deviceNo}`} position={position} format={format} />
          ))}
        </tbody>
      </table>
      {!all && positions.length > firstRows && (
        <Button size="compact-xs" variant="subtle" mt={6} onClick={() => setAll(true)}>
          {t('detail.showMore', { count: Math.min(maxRows, positions.length) })}
        </Button>
      )}
    </>
  )
}

function FixRow({ position, format }: { position: Position; format: Format }) {
  const { t } = useTranslation()
  const { timeMs, speedMps, accuracyM, batteryPct, flag } = position
  return (
    <tr data-flagged={flag !== null}>
      <td>{format.timeWithSeconds(timeMs)}</td>
      <td>{speedMps === null ? '–' : format.speed(speedMps)}</td>
      <td>{accuracyM === null ? '–' : format.metres(accuracyM)}</td>
      <td>{batteryPct === null ? '–' : format.percent(batteryPct)}</td>
      <td>{flag === null ? '' : t(`fixFlag.${flag}`)}</td>
    </tr>
  )
}
