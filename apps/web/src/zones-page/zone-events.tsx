import type { ZoneId } from '@fleet/domain'
import { Button, Skeleton } from '@mantine/core'
import { IconLogin2, IconLogout2 } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { amsterdamDate } from '../i18n/amsterdam-day.ts'
import { useFormat } from '../i18n/format.ts'
import { useLive } from '../live/live-hooks.ts'
import type { Registry } from '../live/registry.ts'
import { DetailSection } from '../drawer/detail-section.tsx'
import { bikesByNo } from '../live-page/fleet-index.ts'
import list from '../list-page/list-page.module.css'
import { useZoneEvents } from './use-zone-events.ts'
import styles from './zones-page.module.css'

interface ZoneEventsProps {
  readonly zoneId: ZoneId
  readonly registry: Registry
}

/** The log of bikes that came into the zone and left it, newest first. */
export function ZoneEvents({ zoneId, registry }: ZoneEventsProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const live = useLive()
  const { events, isPending, isError, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } =
    useZoneEvents(zoneId)
  const bikes = bikesByNo(registry.bikes)
  const courierNames = new Map(Array.from(registry.couriers.values(), ({ no, name }) => [no, name]))
  const today = amsterdamDate(live.serverNowMs())
  return (
    <DetailSection title={t('zone.events')}>
      {isPending ? (
        <div role="status" aria-label={t('records.loading')}>
          <Skeleton height={14} mb={10} width="80%" />
          <Skeleton height={14} mb={10} width="70%" />
          <Skeleton height={14} width="75%" />
        </div>
      ) : isError && events.length === 0 ? (
        <p className={list.quiet} role="alert">
          {t('zone.eventsFailed')}{' '}
          <Button size="compact-xs" variant="default" onClick={() => void refetch()}>
            {t('detail.retry')}
          </Button>
        </p>
      ) : events.length === 0 ? (
        <p className={list.quiet}>{t('zone.noEvents')}</p>
      ) : (
        <ol className={styles.events} aria-label={t('zone.events')}>
          {events.map(({ no, kind, timeMs, bikeNo, courierNo }) => {
            const bike = bikes.get(bikeNo)
            const Icon = kind === 'enter' ? IconLogin2 : IconLogout2
            const rider = courierNo === null ? undefined : courierNames.get(courierNo)
            return (
              <li key={no} data-kind={kind}>
                <Icon size={15} stroke={1.75} aria-hidden />
                <span>
                  {bike === undefined ? (
                    t('zone.bikeNo', { no: bikeNo })
                  ) : (
                    <Link to="/" search={{ bike: bike.code }} className={list.link}>
                      {bike.code}
                    </Link>
                  )}{' '}
                  <span className={styles.word}>{t(`zone.event.${kind}`)}</span>
                  {rider !== undefined && <span className={styles.word}> · {rider}</span>}
                </span>
                <time dateTime={new Date(timeMs).toISOString()}>
                  {amsterdamDate(timeMs) !== today && `${format.dayShort(timeMs)} `}
                  {format.timeWithSeconds(timeMs)}
                </time>
              </li>
            )
          })}
        </ol>
      )}
      {hasNextPage && (
        <Button
          size="compact-xs"
          variant="subtle"
          mt={6}
          loading={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
        >
          {t('zone.moreEvents')}
        </Button>
      )}
    </DetailSection>
  )
}
