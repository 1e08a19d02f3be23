import { UnstyledButton } from '@mantine/core'
import { IconCloudOff, IconDatabaseExclamation } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useUnkeptActions, useWaitingActions } from '../actions/use-actions.ts'
import { useFormat } from '../i18n/format.ts'
import { useConnection, useLive, useServerNow } from '../live/live-hooks.ts'
import { steadyNow, useServices } from './services.ts'
import styles from './outage-banner.module.css'

/** Longer than an answer takes when all is well. */
const longWaitMs = 3_000

/** Says when the server or its database is away, and that nothing is lost. Lies over the page, so that nothing shifts. */
export function OutageBanner() {
  const { state, database } = useConnection()
  if (state === 'offline') return <Offline />
  return database.state === 'fine' ? (
    <Unanswered />
  ) : (
    <DatabaseAway state={database.state} sinceMs={database.sinceMs} />
  )
}

function Offline() {
  const { t } = useTranslation()
  const format = useFormat()
  const live = useLive()
  const { retryAtMs } = useConnection()
  useServerNow(1_000)
  const waitS = retryAtMs === null ? 0 : Math.ceil((retryAtMs - steadyNow()) / 1000)
  return (
    <div className={styles.banner} data-tone="bad">
      <IconCloudOff size={16} stroke={2} aria-hidden />
      <strong>
        {live.heardAtMs > 0
          ? t('connection.offlineBanner', {
              time: format.timeWithSeconds(live.heardAtMs + live.clock.offsetMs),
            })
          : t('connection.offlineNever')}
      </strong>
      <Unkept />
      <Waiting />
      <span className={styles.retry}>
        {waitS > 0 ? t('connection.retryIn', { seconds: format.number(waitS) }) : t('connection.retrying')}
      </span>
      <UnstyledButton className={styles.button} onClick={live.retryNow}>
        {t('connection.retryNow')}
      </UnstyledButton>
    </div>
  )
}

interface DatabaseAwayProps {
  readonly state: 'switching' | 'read_only' | 'away'
  readonly sinceMs: number
}

/** Quiet: it comes back by itself, and all that is done meanwhile is kept. */
function DatabaseAway({ state, sinceMs }: DatabaseAwayProps) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <div className={styles.banner} role="status">
      <IconDatabaseExclamation size={16} stroke={2} aria-hidden />
      <strong>{t(`connection.database.${state}`, { time: format.timeWithSeconds(sinceMs) })}</strong>
      <Kept />
      <Waiting />
    </div>
  )
}

/** The server is there and its database is said to be, and yet what was asked for has no answer. */
function Unanswered() {
  const { t } = useTranslation()
  const { actions } = useServices()
  useServerNow(1_000)
  const sinceMs = actions.waitingSinceMs
  if (sinceMs === null || steadyNow() - sinceMs < longWaitMs) return null
  return (
    <div className={styles.banner} role="status">
      <IconDatabaseExclamation size={16} stroke={2} aria-hidden />
      <strong>{t('connection.unconfirmed')}</strong>
      <Kept />
      <Waiting />
    </div>
  )
}

/** Says that all is safe only while it is. */
function Kept() {
  const { t } = useTranslation()
  const unkept = useUnkeptActions()
  return unkept === 0 ? <span>{t('connection.changesSafe')}</span> : <Unkept />
}

function Unkept() {
  const { t } = useTranslation()
  const count = useUnkeptActions()
  return count === 0 ? null : <strong>{t('connection.unkept', { count })}</strong>
}

function Waiting() {
  const { t } = useTranslation()
  const count = useWaitingActions()
  return count === 0 ? null : <span>{t('connection.waiting', { count })}</span>
}
