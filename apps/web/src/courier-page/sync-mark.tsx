import { UnstyledButton } from '@mantine/core'
import { IconCloudCheck, IconCloudOff, IconCloudUp } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { amsterdamDate } from '../i18n/amsterdam-day.ts'
import { useFormat } from '../i18n/format.ts'
import type { OutboxEntry } from '../outbox/outbox-entry.ts'
import styles from './sync-mark.module.css'
import { useNow } from './use-now.ts'

interface SyncMarkProps {
  /** Oldest first. */
  readonly waiting: readonly OutboxEntry[]
  readonly isOffline: boolean
  /** When the server was last heard, this device's clock, epoch ms; null before the first time. */
  readonly readAtMs: number | null
  readonly onOpen: () => void
}

/** What is sent sooner than this is not worth a word. */
const quietMs = 1_500

/** Whether what is shown is current, and how much the phone has yet to send. Quiet: neither is the courier's fault. */
export function SyncMark({ waiting, isOffline, readAtMs, onOpen }: SyncMarkProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow(1_000)
  const count = isOffline || waiting.some(({ atMs }) => now - atMs > quietMs) ? waiting.length : 0
  const momentOf = (ms: number) =>
    amsterdamDate(ms) === amsterdamDate(now) ? format.time(ms) : `${format.dayShort(ms)} ${format.time(ms)}`
  const words = [
    isOffline ? t('connection.offline') : null,
    count > 0 ? t('me.waiting', { count }) : null,
    isOffline && count === 0 && readAtMs !== null ? t('me.asOf', { time: momentOf(readAtMs) }) : null,
  ].filter((word) => word !== null)
  const Icon = isOffline ? IconCloudOff : count > 0 ? IconCloudUp : IconCloudCheck
  return (
    <>
      <UnstyledButton
        className={styles.mark}
        data-offline={isOffline || undefined}
        aria-label={words.length === 0 ? t('me.allSent') : words.join(', ')}
        onClick={onOpen}
      >
        <Icon size={20} stroke={1.75} aria-hidden />
        {words.join(' · ')}
      </UnstyledButton>
      <span className="heard-only" role="status" aria-live="polite">
        {words.join(', ')}
      </span>
    </>
  )
}
