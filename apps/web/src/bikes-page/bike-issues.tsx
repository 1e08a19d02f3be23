import type { Bike } from '@fleet/domain'
import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../app/session.ts'
import type { Registry } from '../live/registry.ts'
import { DetailSection } from '../drawer/detail-section.tsx'
import list from '../list-page/list-page.module.css'
import styles from './service-book.module.css'

/** What is wrong with the bike and not resolved, and the way to report more. */
export function BikeIssues({ bike, issues }: { bike: Bike; issues: Registry['issues'] }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const mayReport = useMay('createIssue')
  const open = useMemo(
    () => [...issues.values()].filter(({ bikeId, status }) => bikeId === bike.id && status !== 'resolved'),
    [issues, bike.id],
  )
  return (
    <DetailSection title={t('detail.issues')}>
      {open.length === 0 && <p className={list.quiet}>{t('detail.noIssues')}</p>}
      <ul className={styles.entries}>
        {open.map((issue) => (
          <li key={issue.id}>
            <Link to="/issues" search={{ i: issue.id }} className={list.link}>
              {t(`issueKind.${issue.kind}`)}
            </Link>{' '}
            · {t(`issueStatus.${issue.status}`)}
            <p className={styles.note}>{issue.description}</p>
          </li>
        ))}
      </ul>
      {mayReport && (
        <Button
          mt={8}
          variant="default"
          size="xs"
          leftSection={<IconPlus size={15} aria-hidden />}
          onClick={() => void navigate({ to: '/issues', search: { new: '1', bike: bike.code } })}
        >
          {t('issue.create')}
        </Button>
      )}
    </DetailSection>
  )
}
