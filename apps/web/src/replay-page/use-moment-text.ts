import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.ts'
import { useLive } from '../live/live-hooks.ts'
import type { Moment } from './replay-log.ts'

/** What happened, in words: `14:03:20 D-000123 delivered`, on request with the bike. */
export function useMomentText(): (moment: Moment, withBike: boolean) => string {
  const { t } = useTranslation()
  const format = useFormat()
  const live = useLive()
  return useCallback(
    ({ kind, atMs, bikeId, delivery, issue }, withBike) => {
      const happened =
        issue === null
          ? t(`replay.happened.${kind}`, { code: delivery?.code ?? '', kind: '' })
          : t('replay.happened.issue', { kind: t(`issueKind.${issue.kind}`) })
      const bike = bikeId === null || !withBike ? undefined : live.registry.bikes.get(bikeId)
      return `${format.timeWithSeconds(atMs)} ${happened}${bike === undefined ? '' : ` · ${bike.code}`}`
    },
    [t, format, live],
  )
}
