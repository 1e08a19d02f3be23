import type { AttentionItem } from '@fleet/domain'
import type { TFunction } from 'i18next'
import type { Format } from '../i18n/format.ts'

/** Why somebody has to look at it, in a sentence. */
export function reasonText(t: TFunction, format: Format, { reason }: AttentionItem, nowMs: number): string {
  switch (reason.code) {
    case 'is_late':
      return t('attention.reason.is_late', {
        late: format.duration(nowMs - reason.dueMs),
        eta: format.time(reason.etaMs),
      })
    case 'late_soon':
      return t('attention.reason.late_soon', {
        due: format.time(reason.dueMs),
        eta: format.time(reason.etaMs),
      })
    case 'unassigned':
      return t(nowMs > reason.startByMs ? 'attention.reason.unassignedNow' : 'attention.reason.unassigned', {
        startBy: format.time(reason.startByMs),
      })
    case 'silent':
      return t('attention.reason.silent', {
        age: format.duration(nowMs - reason.sinceMs),
        deliveries: format.number(reason.deliveries),
      })
    case 'no_position':
    case 'off_shift':
      return t(`attention.reason.${reason.code}`, { deliveries: format.number(reason.deliveries) })
    case 'battery':
      return t('attention.reason.battery', {
        battery: format.percent(reason.batteryPct),
        range: format.distanceKm(reason.rangeM),
        distance: format.distanceKm(reason.distanceM),
      })
    case 'issue_open':
      break
  }
  return t('attention.reason.issue_open', {
    issue: t(`issueKind.${reason.issueKind}`),
    age: format.duration(nowMs - reason.sinceMs),
  })
}
