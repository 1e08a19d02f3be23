import type { Delivery } from '@fleet/domain'
import { useTranslation } from 'react-i18next'
import { DetailSection } from '../drawer/detail-section.tsx'
import { amsterdamDate } from '../i18n/amsterdam-day.ts'
import { useFormat } from '../i18n/format.ts'
import type { Registry } from '../live/registry.ts'
import { ReplayLink } from '../replay-page/replay-link.tsx'
import styles from './delivery-timeline.module.css'

interface DeliveryTimelineProps {
  readonly delivery: Delivery
  readonly couriers: Registry['couriers']
}

/** Who did what, newest first. */
export function DeliveryTimeline({ delivery, couriers }: DeliveryTimelineProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const { id, timeline } = delivery
  const pickedUp = timeline.find(({ event }) => event === 'pick_up')
  return (
    <DetailSection title={t('delivery.timeline')}>
      <ol className={styles.timeline}>
        {timeline
          .map((entry, i) => {
            const courier = entry.courierId === null ? undefined : couriers.get(entry.courierId)
            const before = timeline[i - 1]
            const newDay = before === undefined || amsterdamDate(before.atMs) !== amsterdamDate(entry.atMs)
            return (
              // oxlint-disable-next-line react/no-array-index-key -- entries are only ever added at the end
              <li key={i} data-event={entry.event}>
                <time dateTime={new Date(entry.atMs).toISOString()}>
                  {newDay && <span>{format.dayShort(entry.atMs)} </span>}
                  {format.timeWithSeconds(entry.atMs)}
                </time>
                <p>
                  {entry.event === 'assign' && courier !== undefined
                    ? t('delivery.event.assignTo', { courier: courier.name })
                    : t(`delivery.event.${entry.event}`)}
                  <span> · {entry.actor}</span>
                </p>
                {entry.note !== '' && <p className={styles.note}>{entry.note}</p>}
              </li>
            )
          })
          .toReversed()}
      </ol>
      {pickedUp !== undefined && (
        <ReplayLink fromMs={pickedUp.atMs} toMs={timeline.at(-1)!.atMs} about={{ of: id }} />
      )}
    </DetailSection>
  )
}
