import type { SettingsFault, SettingsView, StartProblem } from '@fleet/api'
import { Alert } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { serverWords } from '../../i18n/language.ts'
import styles from '../settings/settings.module.css'
import { VerdictNotice } from '../settings/verdict-notice.tsx'

/** Why the app cannot work, and what to do. */
export function ProblemNotice({
  problem,
  view,
}: {
  readonly problem: StartProblem
  readonly view: SettingsView
}) {
  const { t } = useTranslation()
  switch (problem.kind) {
    case 'connection': {
      const [, host = '', port = '', database = ''] = /^(.*):(\d+)\/(.*)$/.exec(problem.location) ?? []
      const user = view.settings?.connection?.user ?? 'PG_USER'
      return <VerdictNotice verdict={problem.verdict} at={{ host, port, database, user }} />
    }
    case 'file':
      return (
        <Notice title={t(`start.file.${problem.is}.said`)} said={problem.detail}>
          {t(`start.file.${problem.is}.fix`)}
        </Notice>
      )
    case 'tracker_port':
      return (
        <Notice title={t('start.trackerPort.said', { port: problem.port })}>
          {t(problem.isSetOutside ? 'start.trackerPort.fixOutside' : 'start.trackerPort.fix')}
        </Notice>
      )
    case 'settings':
      return (
        <Notice title={t('start.settings.said')} said={problem.file}>
          {t('start.settings.fix')}
          <ul className={styles.faults}>
            {problem.faults.map((fault) => (
              <li key={`${fault.line} ${fault.field}`}>
                <Fault fault={fault} />
              </li>
            ))}
          </ul>
        </Notice>
      )
    case 'settings_unreadable':
      return (
        <Notice title={t('start.unreadable.said')} said={problem.detail}>
          {t('start.unreadable.fix')}
        </Notice>
      )
    case 'environment':
      return (
        <Notice title={t('start.environment')}>
          <ul className={styles.faults}>
            {problem.problems.map(({ message, fix }) => (
              <li key={message}>
                {serverWords(message)} {serverWords(fix)}
              </li>
            ))}
          </ul>
        </Notice>
      )
    case 'other':
      return <Notice title={serverWords(problem.message)}>{serverWords(problem.fix)}</Notice>
    default:
      return problem satisfies never
  }
}

function Fault({ fault: { is, line, field, text } }: { readonly fault: SettingsFault }) {
  const { t } = useTranslation()
  const sentence =
    is === 'no_json'
      ? t('start.fault.no_json')
      : t(`start.fault.${is}`, { field: field ?? t('start.fault.whole') })
  return (
    <>
      {line !== null && `${t('start.fault.line', { line })} `}
      {sentence}
      {text !== null && text !== '' && <code className={styles.said}> {text}</code>}
    </>
  )
}

interface NoticeProps {
  readonly title: string
  readonly said?: string
  readonly children: ReactNode
}

function Notice({ title, said, children }: NoticeProps) {
  return (
    <Alert color="orange" icon={<IconAlertTriangle size={18} aria-hidden />} role="alert">
      <strong>{title}</strong>
      <div>{children}</div>
      {said !== undefined && <p className={styles.said}>{said}</p>}
    </Alert>
  )
}
