import { Button, Code, Skeleton } from '@mantine/core'
import { IconBike, IconFilterOff } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import styles from './fleet-list-states.module.css'

/** As high as the rows to come, so that nothing shifts when they do. */
export function RowSkeletons() {
  const { t } = useTranslation()
  return (
    <div className={styles.skeletons} role="status" aria-label={t('list.loading')}>
      {Array.from({ length: 12 }, (_, i) => (
        <div key={i}>
          <Skeleton circle height={16} />
          <div>
            <Skeleton height={10} width={`${38 + ((i * 17) % 22)}%`} />
            <Skeleton height={8} width={`${52 + ((i * 29) % 30)}%`} />
          </div>
        </div>
      ))}
    </div>
  )
}

export function EmptyFleet() {
  const { t } = useTranslation()
  return (
    <div className={styles.state}>
      <IconBike size={36} stroke={1.25} aria-hidden />
      <h2>{t('list.emptyTitle')}</h2>
      <p>{t('list.empty')}</p>
      <Code block>npm run fleet -- device add</Code>
    </div>
  )
}

export function NoMatch({ onReset }: { onReset: () => void }) {
  const { t } = useTranslation()
  return (
    <div className={styles.state}>
      <IconFilterOff size={32} stroke={1.25} aria-hidden />
      <h2>{t('list.noMatchTitle')}</h2>
      <p>{t('list.noMatch')}</p>
      <Button variant="default" size="xs" onClick={onReset}>
        {t('list.resetFilters')}
      </Button>
    </div>
  )
}
