import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Registry } from '../live/registry.ts'
import { DetailSection } from '../drawer/detail-section.tsx'
import { bikesByNo, couriersByBike } from '../live-page/fleet-index.ts'
import { StatusIcon } from '../live-page/status-icon.tsx'
import list from '../list-page/list-page.module.css'
import styles from './zones-page.module.css'

interface ZoneBikesProps {
  readonly bikeNos: readonly number[]
  readonly registry: Registry
}

const firstShown = 12

/** The bikes that are in the zone now, by where their markers stand. */
export function ZoneBikes({ bikeNos, registry }: ZoneBikesProps) {
  const { t } = useTranslation()
  const [all, setAll] = useState(false)
  const byNo = bikesByNo(registry.bikes)
  const riders = couriersByBike(registry.couriers)
  const bikes = bikeNos.flatMap((no) => byNo.get(no) ?? []).toSorted((a, b) => a.code.localeCompare(b.code))
  return (
    <DetailSection title={`${t('zone.now')} (${bikes.length})`}>
      {bikes.length === 0 ? (
        <p className={list.quiet}>{t('zone.nobodyNow')}</p>
      ) : (
        <ul className={styles.bikes}>
          {bikes.slice(0, all ? undefined : firstShown).map((bike) => (
            <li key={bike.id}>
              <StatusIcon status={bike.status} size={14} />
              <Link to="/" search={{ bike: bike.code }} className={list.link}>
                {bike.code}
              </Link>
              <span>{riders.get(bike.id)?.name ?? t(`bikeStatus.${bike.status}`)}</span>
            </li>
          ))}
        </ul>
      )}
      {!all && bikes.length > firstShown && (
        <Button size="compact-xs" variant="subtle" mt={6} onClick={() => setAll(true)}>
          {t('records.showAll')}
        </Button>
      )}
    </DetailSection>
  )
}
