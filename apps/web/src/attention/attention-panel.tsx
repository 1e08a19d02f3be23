import { CloseButton, UnstyledButton } from '@mantine/core'
import { IconBellRinging, IconChecks } from '@tabler/icons-react'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { useRegistry, useServerNow } from '../live/live-hooks.ts'
import { AttentionCard } from './attention-card.tsx'
import { useAttention } from './use-attention.ts'
import styles from './attention-panel.module.css'

/** More than these nobody works through before the order has changed. */
const mostShown = 60

interface AttentionPanelProps {
  readonly open: boolean
  readonly onOpen: (open: boolean) => void
  readonly onBike: (bikeNo: number) => void
}

/** One queue beside the map: what is most pressing is on top, each with its reason and the next thing to do. */
export const AttentionPanel = memo(function AttentionPanel({ open, onOpen, onBike }: AttentionPanelProps) {
  const { t } = useTranslation()
  const items = useAttention()
  const registry = useRegistry(1_000)
  const nowMs = useServerNow(5_000)
  if (!open)
    return (
      <UnstyledButton
        className={styles.opener}
        aria-label={`${t('attention.show')}: ${t('attention.count', { count: items.length })}`}
        onClick={() => onOpen(true)}
      >
        <IconBellRinging size={17} stroke={1.75} aria-hidden />
        <span className={styles.count} data-some={items.length > 0}>
          {items.length}
        </span>
      </UnstyledButton>
    )
  return (
    <aside className={styles.panel} aria-label={t('attention.title')}>
      <header className={styles.header}>
        <h2>{t('attention.title')}</h2>
        <span className={styles.count} data-some={items.length > 0} aria-hidden>
          {items.length}
        </span>
        <CloseButton size={30} aria-label={t('attention.hide')} onClick={() => onOpen(false)} />
      </header>
      {items.length === 0 ? (
        <div className={styles.nothing}>
          <IconChecks size={32} stroke={1.25} aria-hidden />
          <strong>{t('attention.nothing')}</strong>
          <p>{t('attention.nothingHint')}</p>
        </div>
      ) : (
        <ol className={styles.items} aria-label={t('attention.count', { count: items.length })}>
          {items.slice(0, mostShown).map((item) => (
            <AttentionCard key={item.key} item={item} registry={registry} nowMs={nowMs} onBike={onBike} />
          ))}
          {items.length > mostShown && (
            <li className={styles.more}>{t('attention.more', { count: items.length - mostShown })}</li>
          )}
        </ol>
      )}
    </aside>
  )
})
