import { Button } from '@mantine/core'
import type { ErrorComponentProps } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import styles from './page-error.module.css'

export function PageError({ error }: ErrorComponentProps) {
  const { t } = useTranslation()
  return (
    <main className={styles.page}>
      <h1>{t('error.title')}</h1>
      <p>{t('error.body')}</p>
      <pre>{error instanceof Error ? error.message : String(error)}</pre>
      <Button onClick={() => location.reload()}>{t('error.reload')}</Button>
    </main>
  )
}

export function NotFound() {
  const { t } = useTranslation()
  return (
    <main className={styles.page}>
      <h1>{t('error.notFoundTitle')}</h1>
      <Button component="a" href="#/">
        {t('error.toLive')}
      </Button>
    </main>
  )
}
