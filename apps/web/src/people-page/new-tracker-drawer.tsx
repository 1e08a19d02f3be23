import { createId, type Device, type DeviceId } from '@fleet/domain'
import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '../actions/use-actions.ts'
import { DetailDrawer } from '../drawer/detail-drawer.tsx'
import { useLive } from '../live/live-hooks.ts'
import type { Registry } from '../live/registry.ts'
import list from '../list-page/list-page.module.css'
import { RecordSelect } from '../list-page/record-select.tsx'
import { mountChoices, mountName, mountOf } from './mount-choices.ts'

interface NewTrackerDrawerProps {
  readonly registry: Registry
  /** The secret is in this answer only. */
  readonly onDone: (device: Device, secret: string) => void
  readonly onClose: () => void
}

/** What a tracker is on, and what people call it; its id is made on the server, so that nobody guesses it. */
export function NewTrackerDrawer({ registry, onDone, onClose }: NewTrackerDrawerProps) {
  const { t } = useTranslation()
  const run = useAction()
  const live = useLive()
  const [choice, setChoice] = useState<string | null>(null)
  const [name, setName] = useState('')
  const [asked, setAsked] = useState(false)
  const [busy, setBusy] = useState(false)
  const send = async (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    if (choice === null) return
    const mount = mountOf(choice)
    const called =
      name.trim() === '' ? t('tracker.nameOf', { mount: mountName(mount, registry) }) : name.trim()
    setBusy(true)
    const outcome = await run({
      route: 'createDevice',
      input: {
        body: {
          id: createId<DeviceId>(live.serverNowMs(), crypto.getRandomValues(new Uint8Array(10))),
          name: called,
          mount,
        },
      },
      done: t('tracker.done.create', { name: called }),
      undoable: false,
      pageOnly: true,
      answered: (answer) => [['device', answer.device]],
    })
    setBusy(false)
    if (outcome.ok) onDone(outcome.value.device, outcome.value.secret)
  }
  return (
    <DetailDrawer label={t('tracker.create')} title={t('tracker.create')} onClose={onClose}>
      <form className={list.form} noValidate onSubmit={(event) => void send(event)}>
        <RecordSelect
          label={t('tracker.column.mount')}
          value={choice}
          data={mountChoices(registry)}
          error={asked && choice === null ? t('tracker.fault.mount') : null}
          onChange={setChoice}
        />
        <TextInput
          size="xs"
          label={t('tracker.column.name')}
          description={t('tracker.nameHint')}
          maxLength={120}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <div className={list.buttons}>
          <Button variant="default" onClick={onClose}>
            {t('form.back')}
          </Button>
          <Button type="submit" loading={busy}>
            {t('tracker.createSubmit')}
          </Button>
        </div>
      </form>
    </DetailDrawer>
  )
}
