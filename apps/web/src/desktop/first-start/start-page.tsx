import type { SettingsView, StartState } from '@fleet/api'
import { Button, Loader, PasswordInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePageEntry } from '../../app/page-frame.tsx'
import { Preferences } from '../../app/settings-menu.tsx'
import { DataForm } from '../settings/data-form.tsx'
import { SetOutside } from '../settings/set-outside.tsx'
import { readStart, readView, tryAgain } from '../settings/settings-calls.ts'
import styles from '../settings/settings.module.css'
import { ProblemNotice } from './problem-notice.tsx'

const startKey = ['desktop-start'] as const

/** `#/start`: where the data is, when nobody has said so yet; and why the app cannot work, as long as it cannot. */
export function StartPage() {
  const { t } = useTranslation()
  const { change } = useSearch({ from: '/start' })
  const queries = useQueryClient()
  const [isChanging, setIsChanging] = useState(change === 'yes')
  const { data: start } = useQuery({
    queryKey: startKey,
    queryFn: readStart,
    staleTime: 0,
    // Between two servers there is none for a moment.
    retry: true,
    retryDelay: 300,
    refetchInterval: 700,
  })
  const { data: view } = useQuery({
    queryKey: ['desktop-settings'],
    queryFn: readView,
    staleTime: 0,
    retry: true,
  })
  useEffect(() => {
    // Another server may be another database: nothing of the page before is kept.
    if (start?.is === 'running' && !isChanging) location.assign('/launch')
  }, [start, isChanging])
  const begin = () => {
    queries.setQueryData<StartState>(startKey, { is: 'opening', problem: null, triesAgain: false })
    setIsChanging(false)
  }

  if (
    start === undefined ||
    view === undefined ||
    (!isChanging && (start.is === 'opening' || start.is === 'running'))
  )
    return (
      <Frame title={t('start.opening')}>
        <Loader aria-label={t('start.opening')} />
      </Frame>
    )
  if (start.is === 'question' || isChanging)
    return (
      <Frame title={t(view.serversOnly ? 'start.connect' : 'desktopSettings.question')}>
        <p className={styles.quiet}>
          {t(isChanging ? 'start.changeText' : view.serversOnly ? 'start.connectText' : 'start.questionText')}
        </p>
        {isChanging && <SetOutside names={view.setOutside} />}
        <DataForm
          view={view}
          withTrackers={start.problem?.kind === 'tracker_port'}
          submit={t('start.go')}
          onSaved={begin}
        />
        {isChanging && (
          <div className={styles.buttons}>
            <Button variant="subtle" onClick={() => setIsChanging(false)}>
              {t('form.back')}
            </Button>
          </div>
        )}
      </Frame>
    )
  return (
    <Frame title={t('start.problem')}>
      <Problem start={start} view={view} onTryAgain={begin} onChange={() => setIsChanging(true)} />
    </Frame>
  )
}

interface ProblemProps {
  readonly start: StartState
  readonly view: SettingsView
  readonly onTryAgain: () => void
  readonly onChange: () => void
}

function Problem({ start, view, onTryAgain, onChange }: ProblemProps) {
  const { t } = useTranslation()
  const [password, setPassword] = useState('')
  const { problem, triesAgain } = start
  const verdict = problem?.kind === 'connection' ? problem.verdict.is : null
  const isDatabaseOutside = view.setOutside.some((name) => /^(PG_|FLEET_DB$)/.test(name))
  const asksPassword = !isDatabaseOutside && (verdict === 'password_needed' || verdict === 'wrong_password')
  const again = (event?: FormEvent) => {
    event?.preventDefault()
    onTryAgain()
    void tryAgain(asksPassword ? password : null)
  }
  return (
    <form className={styles.form} autoComplete="off" onSubmit={again}>
      {problem !== null && <ProblemNotice problem={problem} view={view} />}
      {asksPassword && (
        <PasswordInput
          label={t('desktopSettings.field.password')}
          autoComplete="off"
          autoFocus
          value={password}
          onChange={({ currentTarget: { value } }) => setPassword(value)}
        />
      )}
      {triesAgain && (
        <p className={styles.quiet} role="status">
          {t('start.triesAgain')}
        </p>
      )}
      <div className={styles.buttons}>
        <Button type="submit">{t(asksPassword ? 'start.go' : 'start.again')}</Button>
        <Button variant="default" onClick={onChange}>
          {t('start.change')}
        </Button>
      </div>
      <SetOutside names={view.setOutside} />
    </form>
  )
}

function Frame({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const { t } = useTranslation()
  const main = usePageEntry(title)
  const shown = useRef(title)
  useEffect(() => {
    // What had the focus may have gone with the step before.
    if (shown.current !== title && document.activeElement === document.body)
      main.current?.focus({ preventScroll: true })
    shown.current = title
  }, [title, main])
  return (
    <div className={styles.frame}>
      <main ref={main} tabIndex={-1} aria-label={title} className={styles.card}>
        <header>
          <img src="/icon.svg" alt="" width={40} height={40} />
          <p className={styles.product}>{t('app.name')}</p>
        </header>
        <h1>{title}</h1>
        {children}
      </main>
      <footer className={styles.footer}>
        <Preferences />
      </footer>
    </div>
  )
}
