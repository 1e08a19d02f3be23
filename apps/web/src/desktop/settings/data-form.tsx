import {
  ApiError,
  type ConnectionVerdict,
  type DesktopSettings,
  passwordGoesTo,
  type SettingsOutcome,
  type SettingsView,
} from '@fleet/api'
import { Alert, Button, Checkbox, Radio, TextInput } from '@mantine/core'
import { IconAlertTriangle, IconDeviceLaptop, IconServer2 } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { serverWords } from '../../i18n/language.ts'
import { draftOf, numberIn, readDraft } from './connection-draft.ts'
import { ConnectionFields } from './connection-fields.tsx'
import { saveSettings, testConnection } from './settings-calls.ts'
import styles from './settings.module.css'
import { VerdictNotice } from './verdict-notice.tsx'

interface DataFormProps {
  readonly view: SettingsView
  /** What stands in the form first, when it is not what is saved. */
  readonly initial?: DesktopSettings | null
  /** Also asks for the port of trackers; the first start does not. */
  readonly withTrackers: boolean
  readonly submit: string
  readonly onSaved: (outcome: SettingsOutcome) => void
}

/** Where the data is, and with it how to reach it. What is saved was tried before. */
export function DataForm({ view, initial = null, withTrackers, submit, onSaved }: DataFormProps) {
  const { t } = useTranslation()
  const before = initial ?? view.settings
  const [data, setData] = useState(view.serversOnly ? 'servers' : (before?.data ?? null))
  const [draft, setDraft] = useState(() => draftOf(before?.connection ?? null))
  const [password, setPassword] = useState<string | null>(null)
  const [trackers, setTrackers] = useState({
    isOn: before?.trackerPort !== null,
    port: String(before?.trackerPort ?? 5055),
    fromNetwork: before?.trackersFromNetwork ?? false,
  })
  const [asked, setAsked] = useState(false)
  const [busy, setBusy] = useState<'test' | 'save' | null>(null)
  const [verdict, setVerdict] = useState<{ is: ConnectionVerdict; at: typeof draft } | null>(null)
  const [failure, setFailure] = useState<string | null>(null)
  const { connection, faults } = readDraft(draft)
  const trackerPort = trackers.isOn ? numberIn(trackers.port, 1, 65_535) : null
  const isTrackerWrong = trackers.isOn && trackerPort === null
  const saved = view.settings?.connection
  const isSameServer =
    saved != null && connection !== null && passwordGoesTo(saved) === passwordGoesTo(connection)
  const isPasswordKept = view.isPasswordKept && isSameServer
  const typed = password ?? (isPasswordKept ? null : '')

  const attempt = async (what: 'test' | 'save', work: () => Promise<void>) => {
    setBusy(what)
    setVerdict(null)
    setFailure(null)
    try {
      await work()
    } catch (error) {
      setFailure(error instanceof ApiError ? serverWords(error.message) : t('signIn.unreachable'))
    }
    setBusy(null)
  }
  const save = (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    if (data === null || isTrackerWrong || (data === 'servers' && connection === null)) return
    void attempt('save', async () => {
      const kept = data === 'servers' ? connection : (connection ?? saved ?? null)
      const settings = {
        data,
        connection: kept,
        trackerPort,
        trackersFromNetwork: trackers.fromNetwork,
        look: before?.look ?? { language: null, theme: null },
      }
      const outcome = await saveSettings(settings, data === 'servers' ? typed : null)
      if (outcome.isSaved) onSaved(outcome)
      else if (outcome.verdict) setVerdict({ is: outcome.verdict, at: draft })
    })
  }
  const test = () => {
    setAsked(true)
    if (connection === null) return
    void attempt('test', async () => setVerdict({ is: await testConnection(connection, typed), at: draft }))
  }

  return (
    <form className={styles.form} noValidate autoComplete="off" onSubmit={save}>
      {!view.serversOnly && (
        <Radio.Group
          aria-label={t('desktopSettings.question')}
          value={data}
          onChange={(value) => setData(value)}
          error={asked && data === null ? t('desktopSettings.fault.data') : null}
        >
          <div className={styles.choices}>
            <Choice
              value="here"
              icon={IconDeviceLaptop}
              text={t('desktopSettings.hereText')}
              path={view.dataFile}
            />
            <Choice value="servers" icon={IconServer2} text={t('desktopSettings.serversText')} />
          </div>
        </Radio.Group>
      )}
      {data === 'servers' && (
        <ConnectionFields
          draft={draft}
          onChange={setDraft}
          password={password}
          onPassword={setPassword}
          isPasswordKept={isPasswordKept}
          faults={asked ? faults : new Set()}
        />
      )}
      {withTrackers && (
        <section className={styles.section}>
          <h2>{t('desktopSettings.trackers')}</h2>
          <Checkbox
            label={t('desktopSettings.trackersOn')}
            checked={trackers.isOn}
            onChange={({ currentTarget: { checked } }) => setTrackers({ ...trackers, isOn: checked })}
          />
          {trackers.isOn && (
            <>
              <TextInput
                label={t('desktopSettings.field.trackerPort')}
                inputMode="numeric"
                value={trackers.port}
                error={asked && isTrackerWrong ? t('desktopSettings.fault.port') : null}
                onChange={({ currentTarget: { value } }) => setTrackers({ ...trackers, port: value })}
              />
              <Checkbox
                label={t('desktopSettings.trackersFromNetwork')}
                description={t('desktopSettings.trackersFromNetworkText')}
                checked={trackers.fromNetwork}
                onChange={({ currentTarget: { checked } }) =>
                  setTrackers({ ...trackers, fromNetwork: checked })
                }
              />
            </>
          )}
        </section>
      )}
      {verdict !== null && <VerdictNotice verdict={verdict.is} at={verdict.at} />}
      {failure !== null && (
        <Alert color="orange" icon={<IconAlertTriangle size={18} aria-hidden />} role="alert">
          {failure}
        </Alert>
      )}
      <div className={styles.buttons}>
        <Button type="submit" loading={busy === 'save'} disabled={busy === 'test'}>
          {submit}
        </Button>
        {data === 'servers' && (
          <Button variant="default" loading={busy === 'test'} disabled={busy === 'save'} onClick={test}>
            {t('desktopSettings.test')}
          </Button>
        )}
      </div>
    </form>
  )
}

interface ChoiceProps {
  readonly value: 'here' | 'servers'
  readonly icon: typeof IconServer2
  readonly text: string
  readonly path?: string
}

function Choice({ value, icon: ChoiceIcon, text, path }: ChoiceProps) {
  const { t } = useTranslation()
  return (
    <Radio.Card value={value} className={styles.choice ?? ''} aria-label={t(`desktopSettings.${value}`)}>
      <span className={styles.choiceBody}>
        <Radio.Indicator />
        <span>
          <span className={styles.choiceTitle}>
            <ChoiceIcon size={16} stroke={1.75} aria-hidden /> {t(`desktopSettings.${value}`)}
          </span>
          <span className={styles.choiceText}>{text}</span>
          {path !== undefined && <span className={`${styles.choiceText} ${styles.path}`}>{path}</span>}
        </span>
      </span>
    </Radio.Card>
  )
}
