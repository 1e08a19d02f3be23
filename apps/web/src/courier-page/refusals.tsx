import { Button } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useServices } from '../app/services.ts'
import { useFormat } from '../i18n/format.ts'
import type { OutboxEntry } from '../outbox/outbox-entry.ts'
import { isWorthRetry, refusalWords } from './refusal-words.ts'
import styles from './refusals.module.css'

/** What the server would not do, and what to do about it. It stays until the courier has read it. */
export function Refusals({ entries }: { entries: readonly OutboxEntry[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { outbox } = useServices()
  return (
    <div role="alert" className={styles.refusals}>
      {entries.map(({ no, done, atMs, problem }) => (
        <div key={no} className={styles.refusal}>
          <IconAlertTriangle size={22} aria-hidden />
          <div>
            <p>
              <strong>{t('me.refused.title', { done })}</strong> ({format.time(atMs)})
            </p>
            <p>{refusalWords(t, problem!)}</p>
            <div className={styles.buttons}>
              {isWorthRetry(problem!) && (
                <Button variant="default" size="md" onClick={() => void outbox.retry(no)}>
                  {t('action.tryAgain')}
                </Button>
              )}
              <Button variant="default" size="md" onClick={() => void outbox.discard(no)}>
                {t('me.refused.read')}
              </Button>
            </div>
          </div>
        </div>
      ))}
    </div>
  )
}
