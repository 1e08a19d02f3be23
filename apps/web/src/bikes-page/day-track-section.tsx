import { type Bike, type Position, dayMs } from '@fleet/domain'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useServices } from '../app/services.ts'
import { useFormat } from '../i18n/format.ts'
import { DetailSection } from '../drawer/detail-section.tsx'
import list from '../list-page/list-page.module.css'
import { ReplayLink } from '../replay-page/replay-link.tsx'
import { createDayTrack, sketch } from './day-track.ts'
import styles from './day-track-section.module.css'

/** Where the bike rode in the last day, as a line, and how far. */
export function DayTrackSection({ bike }: { bike: Bike }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { api, live } = useServices()
  const { data, isPending, isError } = useQuery({
    queryKey: ['bike-day', bike.id],
    queryFn: async ({ signal }): Promise<readonly Position[]> => {
      const toMs = Math.ceil(live.serverNowMs())
      const { items } = await api.call('bikePositions', {
        params: { id: bike.id },
        query: { fromMs: toMs - dayMs, toMs, limit: 10_000 },
        signal,
      })
      return items
    },
  })
  const track = useMemo(() => createDayTrack(data ?? []), [data])
  return (
    <DetailSection title={t('bike.lastDay')}>
      {isPending ? (
        <div className={styles.waiting} role="status" aria-label={t('detail.historyLoading')} />
      ) : isError ? (
        <p className={list.quiet}>{t('detail.historyFailed')}</p>
      ) : track === null ? (
        <p className={list.quiet}>{t('bike.noLastDay')}</p>
      ) : (
        <figure className={styles.track}>
          <svg
            viewBox={`0 0 ${sketch.widthPx} ${sketch.heightPx}`}
            role="img"
            aria-label={t('bike.lastDayTrack', { distance: format.distanceKm(track.distanceM) })}
          >
            <path d={track.path} />
            <circle cx={track.last.x} cy={track.last.y} r="4" />
          </svg>
          <figcaption>
            <span>
              {format.time(track.fromMs)} – {format.time(track.toMs)}
            </span>
            <span>{format.distanceKm(track.distanceM)}</span>
            <Link to="/" search={{ bike: bike.code }} className={list.link}>
              {t('detail.centre')}
            </Link>
            <ReplayLink fromMs={track.fromMs} toMs={track.toMs} about={{ bike: bike.code }} />
          </figcaption>
        </figure>
      )}
    </DetailSection>
  )
}
