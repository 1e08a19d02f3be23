import { type Courier, type CourierId, createId } from '@fleet/domain'
import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '../actions/use-actions.ts'
import { DetailDrawer } from '../drawer/detail-drawer.tsx'
import { useLive } from '../live/live-hooks.ts'
import list from '../list-page/list-page.module.css'
import { createCourierAction } from './courier-actions.ts'

interface NewCourierDrawerProps {
  readonly onDone: (courier: Courier) => void
  readonly onClose: () => void
}

/** What was typed stays when the server refuses or is away. */
export function NewCourierDrawer({ onDone, onClose }: NewCourierDrawerProps) {
  const { t } = useTranslation()
  const run = useAction()
  const live = useLive()
  const [name, setName] = useState('')
  const [phone, setPhone] = useState('')
  const [asked, setAsked] = useState(false)
  const [busy, setBusy] = useState(false)
  const missing = name.trim() === ''
  const send = async (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    if (missing) return
    setBusy(true)
    const id = createId<CourierId>(live.serverNowMs(), crypto.getRandomValues(new Uint8Array(10)))
    const outcome = await run(createCourierAction(t, { id, name: name.trim(), phone: phone.trim() }))
    setBusy(false)
    if (outcome.ok) onDone(outcome.value)
  }
  return (
    <DetailDrawer label={t('courier.create')} title={t('courier.create')} onClose={onClose}>
      <form className={list.form} noValidate onSubmit={(event) => void send(event)}>
        <TextInput
          autoFocus
          label={t('courier.name')}
          autoComplete="off"
          maxLength={120}
          value={name}
          error={asked && missing ? t('courier.fault.name') : null}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          type="tel"
          label={t('courier.phone')}
          autoComplete="off"
          maxLength={40}
          value={phone}
          onChange={(event) => setPhone(event.currentTarget.value)}
        />
        <div className={list.buttons}>
          <Button variant="default" onClick={onClose}>
            {t('form.back')}
          </Button>
          <Button type="submit" loading={busy}>
            {t('courier.createSubmit')}
          </Button>
        </div>
      </form>
    </DetailDrawer>
  )
}
