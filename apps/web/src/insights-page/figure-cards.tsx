import { Skeleton } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.ts'
import { FigureLink } from './figure-link.tsx'
import { linkOf } from './figure-links.ts'
import { changeOf, type Counted, type Figure, isShare, moreIsGood, renderFigure } from './figures.ts'
import styles from './insights-page.module.css'

const cards = [
  'delivered',
  'perHour',
  'onTimeShare',
  'rideM',
  'utilisation',
  'failed',
  'cancelled',
  'issues',
] as const satisfies readonly Figure[]

interface FigureCardsProps {
  readonly now: Counted | undefined
  readonly before: Counted | undefined
}

/** The figures of the whole period, each against the period before. */
export function FigureCards({ now, before }: FigureCardsProps) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <dl className={styles.cards} aria-label={t('insights.total')}>
      {cards.map((figure) => {
        const value = now?.[figure] ?? null
        const shown = renderFigure(format, figure, value)
        const label = t(`insights.figure.${figure}`)
        return (
          <div key={figure} className={styles.card}>
            <dt>{label}</dt>
            <dd>
              {now === undefined ? (
                <Skeleton height={24} width="60%" my={3} />
              ) : (
                <span className={styles.value}>
                  {value === null ? (
                    <>
                      <span aria-hidden>{shown}</span>
                      <span className="heard-only">{t('insights.unknown')}</span>
                    </>
                  ) : (
                    <FigureLink
                      link={value === 0 ? null : linkOf(figure, now, null)}
                      label={t('insights.rowsOfTotal', { figure: label, value: shown })}
                    >
                      {shown}
                    </FigureLink>
                  )}
                </span>
              )}
              <span className={styles.change}>
                {now !== undefined && before !== undefined && (
                  <Change figure={figure} now={value} before={before[figure]} />
                )}
              </span>
            </dd>
          </div>
        )
      })}
    </dl>
  )
}

interface ChangeProps {
  readonly figure: Figure
  readonly now: number | null
  readonly before: number | null
}

function Change({ figure, now, before }: ChangeProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const change = changeOf(figure, now, before)
  const was = t('insights.was', { value: renderFigure(format, figure, before) })
  if (change === null || change === 0) return was
  const sign = change > 0 ? '+' : '−'
  const amount = format.number(Math.abs(change))
  const good = moreIsGood[figure] === null ? undefined : moreIsGood[figure] === change > 0
  return (
    <>
      <strong data-good={good}>
        {sign}
        {isShare(figure)
          ? t('insights.points', { count: Math.abs(change), amount })
          : format.percent(Math.abs(change))}
      </strong>{' '}
      {was}
    </>
  )
}
