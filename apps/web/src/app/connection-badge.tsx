import {
  type Icon,
  IconAccessPoint,
  IconAccessPointOff,
  IconClockExclamation,
  IconLoader,
  IconUserOff,
} from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { ConnectionState } from '../live/connection.ts'
import { useFormat } from '../i18n/format.ts'
import { useConnection, useLive, useServerNow } from '../live/live-hooks.ts'
import { steadyNow } from './services.ts'
import styles from './connection-badge.module.css'

const icons: Record<ConnectionState, Icon> = {
  connecting: IconLoader,
  live: IconAccessPoint,
  stale: IconClockExclamation,
  offline: IconAccessPointOff,
  'signed-out': IconUserOff,
}

/** State of the connection in words, and how old what you see is. Always on screen. */
export function ConnectionBadge() {
  const { t } = useTranslation()
  const format = useFormat()
  const live = useLive()
  const { state } = useConnection()
  useServerNow(500)
  const StateIcon = icons[state]
  const label = state === 'signed-out' ? t('connection.signedOut') : t(`connection.${state}`)
  return (
    <div className={styles.badge} data-state={state} data-testid="connection">
      <StateIcon size={16} stroke={2} aria-hidden />
      <span className={styles.word}>{label}</span>
      {live.heardAtMs > 0 && (
        <>
          <span className={styles.dot} aria-hidden>
            ·
          </span>
          <span className={styles.age} title={t('connection.ageOf')}>
            {format.duration(steadyNow() - live.heardAtMs, true)}
          </span>
        </>
      )}
      {/* Said on change only: the age would talk all day. */}
      <span className="heard-only" role="status" aria-live="polite">
        {t(`connection.announce.${state}`)}
      </span>
    </div>
  )
}
