import { Button, Skeleton } from '@mantine/core'
import type { Icon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './list-page.module.css'

export function RowSkeletons({ label }: { label?: string }) {
  const { t } = useTranslation()
  return (
    <div role="status" aria-label={label ?? t('records.loading')}>
      {Array.from({ length: 14 }, (_, i) => (
        <Skeleton key={i} height={12} width={`${46 + ((i * 29) % 45)}%`} mx={14} my={12} />
      ))}
    </div>
  )
}

interface NothingProps {
  readonly icon: Icon
  readonly title: string
  readonly hint: string
  /** Left out where there is no filter to take away. */
  readonly onReset?: (() => void) | undefined
  readonly resetLabel?: string
  readonly children?: ReactNode
}

/** In place of rows: why there are none, and what to do about it. */
export function Nothing({ icon: NothingIcon, title, hint, onReset, resetLabel, children }: NothingProps) {
  const { t } = useTranslation()
  return (
    <div className={styles.state}>
      <NothingIcon size={34} stroke={1.25} aria-hidden />
      <h2>{title}</h2>
      <p>{hint}</p>
      {onReset !== undefined && (
        <Button variant="default" size="xs" onClick={onReset}>
          {resetLabel ?? t('records.showAll')}
        </Button>
      )}
      {children}
    </div>
  )
}

export function LoadFailed({ title, onRetry }: { title?: string; onRetry: () => void }) {
  const { t } = useTranslation()
  return (
    <div className={styles.state} role="alert">
      <h2>{title ?? t('records.failed')}</h2>
      <Button variant="default" size="xs" onClick={onRetry}>
        {t('detail.retry')}
      </Button>
    </div>
  )
}
