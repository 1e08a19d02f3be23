import { Button, Code, Loader } from '@mantine/core'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { sessionKey, useServices } from '../app/services.ts'
import { SessionFrame } from './session-frame.tsx'

/** A one-time link works once, and React's strict mode runs effects twice: so one exchange per token. */
const exchanges = new Map<string, Promise<boolean>>()

/** `#/link/TOKEN`: exchanges the one-time link for a session. */
export function LinkPage() {
  const { t } = useTranslation()
  const { api, queries } = useServices()
  const navigate = useNavigate()
  const { token } = useParams({ from: '/link/$token' })
  const [failed, setFailed] = useState(false)

  useEffect(() => {
    const exchange =
      exchanges.get(token) ??
      api.call('signInByLink', { body: { token } }).then(
        (session) => {
          queries.setQueryData(sessionKey, session)
          return true
        },
        () => false,
      )
    exchanges.set(token, exchange)
    void exchange.then((worked) =>
      // Replaced, so that going back does not meet a link that is spent.
      worked ? navigate({ to: '/', search: {}, replace: true }) : setFailed(true),
    )
  }, [api, navigate, queries, token])

  if (!failed)
    return (
      <SessionFrame title={t('signIn.linkTitle')} subtitle={t('signIn.subtitle')}>
        <Loader aria-label={t('signIn.linkTitle')} />
      </SessionFrame>
    )
  return (
    <SessionFrame title={t('signIn.linkFailedTitle')} subtitle={t('signIn.subtitle')}>
      <p role="alert">{t('signIn.linkFailed')}</p>
      <Code block>npm run fleet -- user reset NAME</Code>
      <Button component="a" href="#/sign-in" variant="default" fullWidth>
        {t('signIn.toSignIn')}
      </Button>
    </SessionFrame>
  )
}
