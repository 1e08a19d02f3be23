import { type Bike, bikeCodePattern, type BikeId, type BikeKind, bikeKinds, createId } from '@fleet/domain'
import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '../actions/use-actions.ts'
import { DetailDrawer } from '../drawer/detail-drawer.tsx'
import { useLive } from '../live/live-hooks.ts'
import list from '../list-page/list-page.module.css'
import { createBikeAction } from './bike-actions.ts'
import { nextBikeCode } from './next-bike-code.ts'

interface NewBikeDrawerProps {
  readonly onDone: (bike: Bike) => void
  readonly onClose: () => void
}

/** What was typed stays when the server refuses or is away. */
export function NewBikeDrawer({ onDone, onClose }: NewBikeDrawerProps) {
  const { t } = useTranslation()
  const run = useAction()
  const live = useLive()
  const [code, setCode] = useState(() =>
    nextBikeCode(Array.from(live.registry.bikes.values(), (bike) => bike.code)),
  )
  const [kind, setKind] = useState<BikeKind>('city')
  const [note, setNote] = useState('')
  const [asked, setAsked] = useState(false)
  const [busy, setBusy] = useState(false)
  const wanted = code.trim().toUpperCase()
  const valid = bikeCodePattern.test(wanted)
  const send = async (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    if (!valid) return
    setBusy(true)
    const id = createId<BikeId>(live.serverNowMs(), crypto.getRandomValues(new Uint8Array(10)))
    const outcome = await run(createBikeAction(t, { id, code: wanted, kind, note: note.trim() }))
    setBusy(false)
    if (outcome.ok) onDone(outcome.value)
  }
  return (
    <DetailDrawer label={t('bike.create')} title={t('bike.create')} onClose={onClose}>
      <form className={list.form} noValidate onSubmit={(event) => void send(event)}>
        <TextInput
          autoFocus
          label={t('bike.column.code')}
          value={code}
          maxLength={12}
          error={asked && !valid ? t('bike.fault.code') : null}
          onFocus={(event) => event.currentTarget.select()}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <NativeSelect
          label={t('bike.column.kind')}
          value={kind}
          onChange={(event) => setKind(event.currentTarget.value as BikeKind)}
          data={bikeKinds.map((value) => ({ value, label: t(`bikeKind.${value}`) }))}
        />
        <Textarea
          label={t('form.note')}
          autosize
          minRows={2}
          maxRows={6}
          maxLength={2000}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <div className={list.buttons}>
          <Button variant="default" onClick={onClose}>
            {t('form.back')}
          </Button>
          <Button type="submit" loading={busy}>
            {t('bike.createSubmit')}
          </Button>
        </div>
      </form>
    </DetailDrawer>
  )
}
