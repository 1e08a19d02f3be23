import { type Bike, silenceMs } from '@fleet/domain'
import { UnstyledButton } from '@mantine/core'
import { IconCurrentLocation, IconFilter } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { pages } from '../app/pages.ts'
import { useRole } from '../app/session.ts'
import { DetailDrawer } from '../drawer/detail-drawer.tsx'
import { useFormat } from '../i18n/format.ts'
import list from '../list-page/list-page.module.css'
import { DetailSection } from '../drawer/detail-section.tsx'
import type { Registry } from '../live/registry.ts'
import { createPlace, locate } from './bike-track.ts'
import { type CarriedDelivery, type Moment, momentBefore, type ReplayLog } from './replay-log.ts'
import type { ReplayPlayer } from './replay-player.ts'
import { useMomentText } from './use-moment-text.ts'
import { useMoment } from './use-player.ts'
import styles from './replay-bike-drawer.module.css'

interface ReplayBikeDrawerProps {
  readonly bike: Bike
  readonly player: ReplayPlayer
  readonly log: ReplayLog | null
  /** Of this bike. */
  readonly moments: readonly Moment[]
  readonly couriers: Registry['couriers']
  readonly following: boolean
  readonly takeFocus: boolean
  readonly onFollow: (follow: boolean) => void
  readonly onOnly: () => void
  readonly onClose: () => void
}

/** One bike as it was at the moment that is shown. */
export function ReplayBikeDrawer({ bike, player, log, moments, couriers, ...props }: ReplayBikeDrawerProps) {
  const { t } = useTranslation()
  const atMs = useMoment(player, 250)
  const riderId = log?.riderOf(bike.id, atMs) ?? null
  return (
    <DetailDrawer
      label={t('detail.label', { code: bike.code })}
      title={bike.code}
      subtitle={<State bike={bike} player={player} atMs={atMs} />}
      takeFocus={props.takeFocus}
      actions={
        <>
          <UnstyledButton
            className={styles.action}
            aria-label={t('detail.follow')}
            title={t('detail.followHint')}
            aria-pressed={props.following}
            aria-keyshortcuts="F"
            onClick={() => props.onFollow(!props.following)}
          >
            <IconCurrentLocation size={16} stroke={1.75} aria-hidden />
          </UnstyledButton>
          <UnstyledButton
            className={styles.action}
            aria-label={t('replay.only')}
            title={t('replay.only')}
            onClick={props.onOnly}
          >
            <IconFilter size={16} stroke={1.75} aria-hidden />
          </UnstyledButton>
        </>
      }
      onClose={props.onClose}
    >
      <DetailSection title={t('detail.courier')}>
        <p className={riderId === null ? list.quiet : styles.rider}>
          {riderId === null ? t('replay.nobody') : (couriers.get(riderId)?.name ?? t('detail.unknown'))}
        </p>
      </DetailSection>
      <Load load={log?.loadOf(bike.id, atMs) ?? []} />
      <History moments={moments} player={player} atMs={atMs} />
    </DetailDrawer>
  )
}

const place = createPlace()

function State({ bike, player, atMs }: { bike: Bike; player: ReplayPlayer; atMs: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const track = player.trackOf(bike.no)
  if (track === undefined || !locate(track, atMs, place)) return t('replay.state.nowhere')
  if (place.isRiding) return `${t('replay.state.riding')} · ${format.speed(place.speedMps)}`
  if (atMs - place.knownMs <= silenceMs) return t('replay.state.standing')
  return t('replay.state.silent', {
    time: `${format.dayShort(place.knownMs)} ${format.timeWithSeconds(place.knownMs)}`,
  })
}

function Load({ load }: { load: readonly CarriedDelivery[] }) {
  const { t } = useTranslation()
  const role = useRole()
  const mayOpen =
    role !== undefined && pages.some(({ path, roles }) => path === '/deliveries' && roles.includes(role))
  return (
    <DetailSection title={t('replay.load')}>
      {load.length === 0 ? (
        <p className={list.quiet}>{t('replay.noLoad')}</p>
      ) : (
        <ul className={styles.load}>
          {load.map(({ delivery: { id, code, pickup, dropoff }, aboard }) => (
            <li key={id}>
              <p>
                {mayOpen ? (
                  <Link to="/deliveries" search={{ d: code, day: 'all' }} className={list.link}>
                    {code}
                  </Link>
                ) : (
                  code
                )}
                <span>{t(aboard ? 'replay.aboard' : 'replay.toFetch')}</span>
              </p>
              {!aboard && <p>{pickup.address}</p>}
              <p>→ {dropoff.address}</p>
            </li>
          ))}
        </ul>
      )}
    </DetailSection>
  )
}

function History(props: { moments: readonly Moment[]; player: ReplayPlayer; atMs: number }) {
  const { t } = useTranslation()
  const textOf = useMomentText()
  const last = momentBefore(props.moments, props.atMs + 1)
  return (
    <DetailSection title={t('replay.inWindow')}>
      {props.moments.length === 0 ? (
        <p className={list.quiet}>{t('replay.nothingHappened')}</p>
      ) : (
        <ol className={styles.history}>
          {props.moments.map((moment) => (
            <li key={moment.id}>
              <UnstyledButton
                data-kind={moment.kind}
                aria-current={moment === last ? 'time' : undefined}
                onClick={() => props.player.seek(moment.atMs)}
              >
                {textOf(moment, false)}
              </UnstyledButton>
            </li>
          ))}
        </ol>
      )}
    </DetailSection>
  )
}
