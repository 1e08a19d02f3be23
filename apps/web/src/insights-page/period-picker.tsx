import { useTranslation } from 'react-i18next'
import { amsterdamDate, dateAfter } from '../i18n/amsterdam-day.ts'
import { FilterChips } from '../list-page/list-toolbar.tsx'
import { DateRange } from '../list-page/date-range.tsx'
import { daysOf, type InsightsSearch, moveRange, periodDays } from './insights-search.ts'

interface PeriodPickerProps {
  readonly search: InsightsSearch
  readonly nowMs: number
  readonly onChange: (change: {
    readonly [K in 'days' | 'from' | 'to']: InsightsSearch[K] | undefined
  }) => void
}

/** Today, some days up to today, or any days; the two dates always say which. */
export function PeriodPicker({ search, nowMs, onChange }: PeriodPickerProps) {
  const { t } = useTranslation()
  const today = amsterdamDate(nowMs)
  const isRange = search.from !== undefined
  const range = {
    from: search.from ?? dateAfter(today, 1 - Number(daysOf(search))),
    to: search.to ?? today,
  }
  return (
    <>
      <FilterChips
        label={t('insights.period')}
        chips={periodDays.map((value) => ({ value, label: t(`insights.days.${value}`) }))}
        chosen={isRange ? [] : [daysOf(search)]}
        onToggle={(days) =>
          onChange({ days: days === '7' ? undefined : days, from: undefined, to: undefined })
        }
      />
      <DateRange
        label={t('insights.period')}
        from={range.from}
        to={range.to}
        onChange={(end, date) => onChange({ days: undefined, ...moveRange(range, end, date) })}
      />
    </>
  )
}
