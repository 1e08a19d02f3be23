import {
  ApiError,
  desktopSettings,
  type DesktopSettings,
  type SettingsOutcome,
  type SettingsView,
} from '@fleet/api'
import { Alert, Button, Loader } from '@mantine/core'
import { IconCheck, IconInfoCircle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { PageFrame } from '../../app/page-frame.tsx'
import { Preferences } from '../../app/settings-menu.tsx'
import { useServices } from '../../app/services.ts'
import { serverWords } from '../../i18n/language.ts'
import { DataForm } from './data-form.tsx'
import { SetOutside } from './set-outside.tsx'
import { readStart, readView, saveSettings } from './settings-calls.ts'
import styles from './settings.module.css'

/** Kept over the reload that comes after saving: what was saved before, and what the person should know. */
const savedKey = 'fleet-settings-saved'
interface Saved {
  readonly before: DesktopSettings | null
  readonly isPasswordKept: boolean | null
  readonly setAside: string | null
}

/** The settings of the desktop app on this computer. */
export function SettingsPage() {
  const { t } = useTranslation()
  const { data: view, error } = useQuery({
    queryKey: ['desktop-settings'],
    queryFn: readView,
    staleTime: 0,
    retry: false,
  })
  const [isRestarting, setIsRestarting] = useState(false)
  return (
    <PageFrame title={t('desktopSettings.title')} className={styles.page}>
      <div className={styles.column}>
        <h1>{t('desktopSettings.title')}</h1>
        {isRestarting ? (
          <Restarting />
        ) : error !== null && view === undefined ? (
          <Alert color="orange" icon={<IconInfoCircle size={18} aria-hidden />} role="alert">
            {error instanceof ApiError ? serverWords(error.message) : t('signIn.unreachable')}
          </Alert>
        ) : view === undefined ? (
          <Loader aria-label={t('desktopSettings.title')} />
        ) : (
          <Sections view={view} onRestart={() => setIsRestarting(true)} />
        )}
      </div>
    </PageFrame>
  )
}

function Sections({ view, onRestart }: { view: SettingsView; onRestart: () => void }) {
  const { t } = useTranslation()
  const [saved] = useState(takeSaved)
  const [undone, setUndone] = useState<DesktopSettings | null>(null)
  const keep = ({ isPasswordKept, setAside }: SettingsOutcome) => {
    putSaved({ before: undone === null ? view.settings : null, isPasswordKept, setAside })
    onRestart()
  }
  const undo = async (before: DesktopSettings) => {
    const outcome = await saveSettings(before, null).catch(() => null)
    if (outcome?.isSaved) keep(outcome)
    // The password of before may be gone: whoever undoes it sees the form as it was, and types it.
    else setUndone(before)
  }
  return (
    <>
      {saved !== null && undone === null && (
        <Alert color="teal" icon={<IconCheck size={18} aria-hidden />} role="status">
          <p className={styles.text}>{t('desktopSettings.saved')}</p>
          {saved.isPasswordKept === false && <p className={styles.text}>{t('desktopSettings.noKeyring')}</p>}
          {saved.setAside !== null && (
            <p className={styles.text}>{t('desktopSettings.setAside', { file: saved.setAside })}</p>
          )}
          {saved.before !== null && (
            <Button variant="default" size="xs" mt="xs" onClick={() => void undo(saved.before!)}>
              {t('desktopSettings.undo')}
            </Button>
          )}
        </Alert>
      )}
      {undone !== null && (
        <Alert color="orange" icon={<IconInfoCircle size={18} aria-hidden />} role="alert">
          {t('desktopSettings.undoAsks')}
        </Alert>
      )}
      <section className={styles.section}>
        <h2>{t('desktopSettings.question')}</h2>
        <SetOutside names={view.setOutside} />
        <DataForm
          key={undone === null ? 'saved' : 'undone'}
          view={view}
          initial={undone}
          withTrackers
          submit={t('desktopSettings.save')}
          onSaved={keep}
        />
        <p className={styles.quiet}>{t('desktopSettings.restarts')}</p>
      </section>
      <section className={styles.section}>
        <h2>{t('desktopSettings.look')}</h2>
        <Preferences />
      </section>
      <section className={styles.section}>
        <h2>{t('desktopSettings.where')}</h2>
        <p className={styles.quiet}>{t('desktopSettings.settingsFile')}</p>
        <p className={styles.path}>{view.settingsFile}</p>
      </section>
    </>
  )
}

/** Comes back by itself: as it was, signed in anew on another database, or on the page that says what is in the way. */
function Restarting() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { api } = useServices()
  const { data: start } = useQuery({
    queryKey: ['desktop-start'],
    queryFn: readStart,
    staleTime: 0,
    retry: true,
    retryDelay: 300,
    refetchInterval: 500,
  })
  const is = start?.is
  useEffect(() => {
    if (is === 'question' || is === 'problem') void navigate({ to: '/start', search: {} })
    if (is === 'running')
      void api.call('getSession', {}).then(
        // Nothing of what is on the page may be of the database before.
        () => location.reload(),
        (error: unknown) => (error instanceof ApiError ? location.assign('/launch') : location.reload()),
      )
  }, [is, navigate, api])
  return (
    <p role="status">
      <Loader size="sm" aria-hidden /> {t('desktopSettings.restarting')}
    </p>
  )
}

function putSaved(saved: Saved): void {
  try {
    sessionStorage.setItem(savedKey, JSON.stringify(saved))
  } catch {
    // Then nobody is told that it was saved, and it was.
  }
}

function takeSaved(): Saved | null {
  try {
    const saved = JSON.parse(sessionStorage.getItem(savedKey) ?? 'null') as Saved | null
    // Taken a moment later: React's strict mode begins twice.
    setTimeout(() => sessionStorage.removeItem(savedKey))
    if (saved === null) return null
    return { ...saved, before: saved.before && desktopSettings.parse(saved.before) }
  } catch {
    return null
  }
}
