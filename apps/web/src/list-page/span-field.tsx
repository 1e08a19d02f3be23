import { Input } from '@mantine/core'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { amsterdamDate, amsterdamDay } from '../i18n/amsterdam-day.ts'
import { useFormat } from '../i18n/format.ts'
import { DateRange } from './date-range.tsx'
import styles from './filter-menu.module.css'
import { parseSpan, renderSpan } from './search-parameters.ts'

interface SpanFieldProps {
  readonly label: string
  /** As the address has it. */
  readonly span: string | undefined
  readonly onChange: (span: string | undefined) => void
}

/** A span of whole days, as the address has it. */
export function SpanField({ label, span, onChange }: SpanFieldProps) {
  const parsed = parseSpan(span)
  const range =
    parsed === null
      ? { from: '', to: '' }
      : { from: amsterdamDate(parsed.fromMs), to: amsterdamDate(parsed.toMs - 1) }
  return (
    <div className={styles.field}>
      <Input.Label labelElement="div" size="xs">
        {label}
      </Input.Label>
      <DateRange
        label={label}
        {...range}
        onChange={(end, date) => {
          // The other end is the same day until it is chosen, and never on the wrong side.
          const from = end === 'from' ? date : range.from === '' || range.from > date ? date : range.from
          const to = end === 'to' ? date : range.to === '' || range.to < date ? date : range.to
          onChange(renderSpan({ fromMs: amsterdamDay(from).fromMs, toMs: amsterdamDay(to).toMs }))
        }}
      />
    </div>
  )
}

/** A span as people read it: days where it is of whole ones, else with the time. */
export function useSpanText(): (span: string) => string {
  const { t } = useTranslation()
  const format = useFormat()
  return useCallback(
    (text) => {
      const span = parseSpan(text)
      if (span === null) return ''
      const [from, to] = [amsterdamDate(span.fromMs), amsterdamDate(span.toMs - 1)]
      const isWhole = amsterdamDay(from).fromMs === span.fromMs && amsterdamDay(to).toMs === span.toMs
      const first = format.dayShort(span.fromMs)
      const last = format.dayShort(span.toMs - 1)
      if (isWhole) return from === to ? first : t('filter.span', { from: first, to: last })
      return t('filter.span', {
        from: `${first} ${format.time(span.fromMs)}`,
        to: from === to ? format.time(span.toMs) : `${last} ${format.time(span.toMs)}`,
      })
    },
    [format, t],
  )
}
