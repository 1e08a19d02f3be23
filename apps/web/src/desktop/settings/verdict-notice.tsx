import type { ConnectionVerdict } from '@fleet/api'
import { Alert } from '@mantine/core'
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n/format.ts'
import styles from './settings.module.css'

interface VerdictNoticeProps {
  readonly verdict: ConnectionVerdict
  /** What was tried, for the sentence. */
  readonly at: {
    readonly host: string
    readonly port: string
    readonly database: string
    readonly user: string
  }
}

/** What came of trying a connection, and what to do about it. */
export function VerdictNotice({ verdict, at }: VerdictNoticeProps) {
  const { t } = useTranslation()
  const format = useFormat()
  if (verdict.is !== 'fine') {
    const { is, detail } = verdict
    return (
      <Alert color="orange" icon={<IconAlertTriangle size={18} aria-hidden />} role="alert">
        <strong>{t(`desktopSettings.verdict.${is}.said`, { ...at, detail: detail ?? '' })}</strong>
        <p className={styles.text}>
          {t(`desktopSettings.verdict.${is}.fix`, { ...at, detail: detail ?? '' })}
        </p>
        {detail !== null && (is === 'other' || is === 'not_let_in' || is === 'certificate_unreadable') && (
          <p className={styles.said}>{detail}</p>
        )}
      </Alert>
    )
  }
  const { version, latencyMs, encrypted, rows, isOlder, readPort } = verdict
  const latency = format.number(latencyMs, 1)
  return (
    <Alert color="teal" icon={<IconCheck size={18} aria-hidden />} role="status">
      <strong>{t('desktopSettings.fine.title', { version, latency })}</strong>
      <p className={styles.text}>
        {rows === null
          ? t('desktopSettings.fine.empty')
          : t('desktopSettings.fine.rows', {
              bikes: format.number(rows.bikes),
              couriers: format.number(rows.couriers),
              deliveries: format.number(rows.deliveries),
            })}{' '}
        {isOlder && `${t('desktopSettings.fine.older')} `}
        {t(encrypted ? 'desktopSettings.fine.encrypted' : 'desktopSettings.fine.plain')}
      </p>
      {readPort !== null && (
        <p className={styles.text}>
          <strong>{t('desktopSettings.fine.readPort')}</strong>{' '}
          {t(`desktopSettings.verdict.${readPort}.said`, { ...at, detail: '' })}
        </p>
      )}
    </Alert>
  )
}
