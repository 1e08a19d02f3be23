import { Alert, Button, PasswordInput, TextInput } from '@mantine/core'
import { ApiError } from '@fleet/api'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { sessionKey, useServices } from '../app/services.ts'
import { isDesktop } from '../desktop/is-desktop.ts'
import { WaitingNotice } from '../outbox/waiting-notice.tsx'
import { SessionFrame } from './session-frame.tsx'
import { serverWords } from '../i18n/language.ts'

type Failure = 'signIn.wrong' | 'signIn.tooMany' | 'signIn.unreachable' | { readonly message: string }

export function SignInPage() {
  const { t } = useTranslation()
  const { api, queries } = useServices()
  const navigate = useNavigate()
  const { to } = useSearch({ from: '/sign-in' })
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure | null>(null)

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setFailure(null)
    try {
      queries.setQueryData(sessionKey, await api.call('signIn', { body: { name: name.trim(), password } }))
      await navigate({ href: to ?? '/' })
    } catch (error) {
      setFailure(failureOf(error))
      setBusy(false)
    }
  }

  return (
    <SessionFrame title={t('signIn.title')} subtitle={t('signIn.subtitle')}>
      <form onSubmit={(event) => void submit(event)}>
        {failure === null && to !== undefined && <p>{t('signIn.ended')}</p>}
        <WaitingNotice />
        {failure !== null && (
          <Alert color="orange" icon={<IconAlertTriangle size={18} aria-hidden />} role="alert">
            {typeof failure === 'string' ? t(failure) : serverWords(failure.message)}
          </Alert>
        )}
        <TextInput
          label={t('signIn.name')}
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          required
          withAsterisk={false}
          data-autofocus
          autoFocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <PasswordInput
          label={t('signIn.password')}
          name="password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" fullWidth size="md" loading={busy}>
          {t('signIn.submit')}
        </Button>
        {isDesktop() ? (
          <>
            <p>{t('signIn.desktopHint')}</p>
            <Button component="a" href="#/start?change=yes" variant="subtle" fullWidth>
              {t('desktopSettings.title')}
            </Button>
          </>
        ) : (
          <p>{t('signIn.linkHint')}</p>
        )}
      </form>
    </SessionFrame>
  )
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof ApiError)) return 'signIn.unreachable'
  const { status, detail } = error.problem
  if (status === 401 || status === 403 || status === 400) return 'signIn.wrong'
  if (status === 429) return 'signIn.tooMany'
  return { message: detail }
}
