import { Button, Skeleton } from '@mantine/core'
import { issueKinds } from '@fleet/domain'
import { IconDownload } from '@tabler/icons-react'
import type { CSSProperties } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.ts'
import { renderSpan } from '../list-page/search-parameters.ts'
import { FigureLink } from './figure-link.tsx'
import type { Insights } from './figures.ts'
import type { InsightPeriod } from './period.ts'
import styles from './insights-page.module.css'

interface IssueCausesProps {
  readonly now: Insights | undefined
  readonly before: Insights | undefined
  readonly period: InsightPeriod
}

/** Issues that were reported in the period, by what was wrong. */
export function IssueCauses({ now, before, period }: IssueCausesProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const countIn = (insights: Insights | undefined, kind: string) =>
    insights?.issues.find((issue) => issue.kind === kind)?.count ?? 0
  const most = Math.max(1, ...(now?.issues ?? []).map(({ count }) => count))
  const exportCauses = async () => {
    if (now !== undefined) (await import('./insights-csv.ts')).exportCauses(now.issues, period)
  }
  return (
    <section className={styles.panel} aria-labelledby="insights-issues">
      <div className={styles.panelHead}>
        <h2 id="insights-issues">{t('insights.causes')}</h2>
        <Button
          className={styles.export}
          size="xs"
          variant="default"
          leftSection={<IconDownload size={15} aria-hidden />}
          disabled={now === undefined}
          aria-label={t('insights.exportCauses')}
          onClick={() => void exportCauses()}
        >
          {t('insights.export')}
        </Button>
      </div>
      <table className={styles.causes}>
        <thead>
          <tr>
            <th scope="col">{t('issue.kind')}</th>
            <th scope="col">{t('insights.figure.issues')}</th>
            <th scope="col">{t('insights.before')}</th>
          </tr>
        </thead>
        <tbody>
          {issueKinds.map((kind) => {
            const count = countIn(now, kind)
            const name = t(`issueKind.${kind}`)
            return (
              <tr key={kind}>
                <th scope="row">{name}</th>
                <td style={{ '--share': count / most } as CSSProperties}>
                  {now === undefined ? (
                    <Skeleton height={12} width={24} ml="auto" />
                  ) : (
                    <FigureLink
                      link={
                        count === 0 ? null : { to: '/issues', search: { kind, reported: renderSpan(period) } }
                      }
                      label={t('insights.rowsOf', {
                        name,
                        figure: t('insights.figure.issues'),
                        value: format.number(count),
                      })}
                    >
                      {format.number(count)}
                    </FigureLink>
                  )}
                </td>
                <td>{before === undefined ? '' : format.number(countIn(before, kind))}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}
