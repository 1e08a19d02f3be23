import { bikeTransitions, type Courier } from '@fleet/domain'
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '../actions/use-actions.ts'
import { useMay } from '../app/session.ts'
import { useFormat } from '../i18n/format.ts'
import { useLive } from '../live/live-hooks.ts'
import { readingsOf } from '../bikes-page/bike-rows.ts'
import type { Registry } from '../live/registry.ts'
import { DetailSection } from '../drawer/detail-section.tsx'
import list from '../list-page/list-page.module.css'
import { RecordSelect } from '../list-page/record-select.tsx'
import { returnBikeAction, takeBikeAction } from './courier-actions.ts'
import styles from './courier-drawer.module.css'

/** The bike under a courier: returned, or given from those that may be taken. */
export function CourierBike({ courier, bikes }: { courier: Courier; bikes: Registry['bikes'] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const run = useAction()
  const live = useLive()
  const mayTake = useMay('takeBike')
  const bike = courier.bikeId === null ? undefined : bikes.get(courier.bikeId)
  const free = useMemo(
    () =>
      [...bikes.values()]
        .filter(({ status }) => bikeTransitions[status].take !== null)
        .sort((a, b) => a.code.localeCompare(b.code))
        .map((choice) => {
          const { batteryPct } = readingsOf(choice, live.markers, 0)
          const battery = batteryPct === null ? '' : ` · ${format.percent(batteryPct)}`
          return {
            value: choice.id,
            label: `${choice.code} · ${t(`bikeKind.${choice.kind}`)}${battery}`,
          }
        }),
    [bikes, live, format, t],
  )
  return (
    <DetailSection title={t('courier.bike')}>
      {bike !== undefined ? (
        <p className={styles.bike}>
          <span>
            <Link to="/bikes" search={{ b: bike.code }} className={list.link}>
              {bike.code}
            </Link>{' '}
            · {t(`bikeKind.${bike.kind}`)}
          </span>
          {mayTake && (
            <Button size="xs" variant="default" onClick={() => void run(returnBikeAction(t, courier, bike))}>
              {t('courier.returnBike')}
            </Button>
          )}
        </p>
      ) : courier.shift === 'off' || !mayTake ? (
        <p className={list.quiet}>{t(mayTake ? 'courier.noBikeOff' : 'courier.noBike')}</p>
      ) : (
        <RecordSelect
          label={t('courier.takeBike')}
          value={null}
          data={free}
          clearable={false}
          onChange={(id) => {
            const taken = id === null ? undefined : bikes.get(id)
            if (taken !== undefined) void run(takeBikeAction(t, courier, taken))
          }}
        />
      )}
    </DetailSection>
  )
}
