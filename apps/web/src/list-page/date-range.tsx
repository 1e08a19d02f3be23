import { useTranslation } from 'react-i18next'
import styles from './date-range.module.css'

interface DateRangeProps {
  readonly label: string
  /** First and last day, like `2026-11-23`; empty for none. */
  readonly from: string
  readonly to: string
  /** Called with days only, never with half of one. */
  readonly onChange: (end: 'from' | 'to', date: string) => void
}

/** Two days of the calendar. */
export function DateRange({ label, from, to, onChange }: DateRangeProps) {
  const { t } = useTranslation()
  return (
    <div className={styles.range} role="group" aria-label={label}>
      {(['from', 'to'] as const).map((end) => (
        <input
          key={end}
          type="date"
          aria-label={t(`filter.${end}`)}
          value={end === 'from' ? from : to}
          onChange={(event) => {
            if (event.currentTarget.value !== '') onChange(end, event.currentTarget.value)
          }}
        />
      ))}
    </div>
  )
}
