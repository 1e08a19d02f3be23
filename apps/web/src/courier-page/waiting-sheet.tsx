import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.ts'
import type { OutboxEntry } from '../outbox/outbox-entry.ts'
import { Sheet } from './sheet.tsx'
import styles from './waiting-sheet.module.css'

/** What the phone has yet to send, oldest first. */
export function WaitingSheet({ entries, onClose }: { entries: readonly OutboxEntry[]; onClose: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <Sheet title={t('me.waitingTitle')} onClose={onClose}>
      <p className={styles.words}>{entries.length === 0 ? t('me.nothingWaits') : t('me.waitingHint')}</p>
      <ol className={styles.list}>
        {entries.map(({ no, done, atMs }) => (
          <li key={no}>
            <span>{done}</span>
            <time dateTime={new Date(atMs).toISOString()}>{format.time(atMs)}</time>
          </li>
        ))}
      </ol>
    </Sheet>
  )
}
