import { circleAround, createId, type Zone, type ZoneId, type ZoneKind, zoneKinds } from '@fleet/domain'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '../actions/use-actions.ts'
import { AddressField, type AddressValue } from '../deliveries-page/address-field.tsx'
import { DetailDrawer } from '../drawer/detail-drawer.tsx'
import { useLive } from '../live/live-hooks.ts'
import list from '../list-page/list-page.module.css'
import { FaultText } from './outline-bar.tsx'
import { draftFault, type OutlineDraft, replaceCorners } from './outline-draft.ts'
import { createZoneAction } from './zone-actions.ts'
import styles from './zones-page.module.css'

interface NewZoneDrawerProps {
  readonly draft: OutlineDraft
  readonly kind: ZoneKind
  readonly onKind: (kind: ZoneKind) => void
  readonly onDraft: (change: (draft: OutlineDraft) => OutlineDraft) => void
  /** Left out where the map is beside it. */
  readonly onMap?: (() => void) | undefined
  readonly onDone: (zone: Zone) => void
  readonly onClose: () => void
}

/** Name and kind of a zone that is being drawn. What was filled in stays when the server refuses or is away. */
export function NewZoneDrawer({ draft, kind, onKind, onDraft, onMap, onDone, onClose }: NewZoneDrawerProps) {
  const { t } = useTranslation()
  const run = useAction()
  const live = useLive()
  const [name, setName] = useState('')
  const [asked, setAsked] = useState(false)
  const [busy, setBusy] = useState(false)
  const nameBox = useRef<HTMLInputElement>(null)
  // Drawn: the name is what is left to say.
  useEffect(() => {
    if (draft.closed) nameBox.current?.focus({ preventScroll: true })
  }, [draft.closed])
  const fault = draft.closed ? draftFault(draft) : null
  const outlineFault = !draft.closed ? (
    t('zone.fault.outline')
  ) : fault === null ? null : (
    <FaultText fault={fault} />
  )
  const send = async (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    if (name.trim() === '') nameBox.current?.focus()
    if (name.trim() === '' || outlineFault !== null) return
    setBusy(true)
    const id = createId<ZoneId>(live.serverNowMs(), crypto.getRandomValues(new Uint8Array(10)))
    const outcome = await run(createZoneAction(t, { id, name: name.trim(), kind, polygon: draft.corners }))
    setBusy(false)
    if (outcome.ok) onDone(outcome.value)
  }
  return (
    <DetailDrawer label={t('zone.create')} title={t('zone.create')} onClose={onClose}>
      <form className={list.form} noValidate onSubmit={(event) => void send(event)}>
        <TextInput
          ref={nameBox}
          label={t('zone.column.name')}
          value={name}
          maxLength={120}
          error={asked && name.trim() === '' ? t('zone.fault.name') : null}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <NativeSelect
          label={t('zone.column.kind')}
          value={kind}
          onChange={(event) => onKind(event.currentTarget.value as ZoneKind)}
          data={zoneKinds.map((value) => ({ value, label: t(`zoneKind.${value}`) }))}
        />
        <CircleFields
          onCircle={(corners, address) => {
            onDraft((before) => replaceCorners(before, corners))
            setName((before) => (before === '' ? address : before))
          }}
        />
        {asked && outlineFault !== null && (
          <p className={styles.fault} role="alert">
            {outlineFault}
          </p>
        )}
        <div className={list.buttons}>
          <Button variant="default" onClick={onMap ?? onClose}>
            {t(onMap === undefined ? 'form.back' : 'outline.toMap')}
          </Button>
          <Button type="submit" loading={busy}>
            {t('zone.createSubmit')}
          </Button>
        </div>
      </form>
    </DetailDrawer>
  )
}

const radius = { leastM: 10, mostM: 20_000 }

interface CircleFieldsProps {
  readonly onCircle: (corners: ReturnType<typeof circleAround>, address: string) => void
}

/** A circle around an address: an outline without a hand on the map. Its corners can be changed like any others. */
function CircleFields({ onCircle }: CircleFieldsProps) {
  const { t } = useTranslation()
  const [address, setAddress] = useState<AddressValue>({ address: '', point: null })
  const [text, setText] = useState('100')
  const [asked, setAsked] = useState(false)
  const radiusM = Number(text.trim().replace(',', '.'))
  const radiusFault = radiusM >= radius.leastM && radiusM <= radius.mostM ? null : t('outline.fault.radius')
  const addressFault =
    address.point !== null ? null : t(address.address === '' ? 'form.fault.address' : 'form.fault.place')
  const draw = () => {
    setAsked(true)
    if (address.point === null || radiusFault !== null) return
    onCircle(circleAround(address.point, radiusM), address.address)
    setAsked(false)
  }
  return (
    <fieldset className={styles.circle}>
      <legend>{t('outline.around')}</legend>
      <AddressField
        label={t('form.address')}
        value={address}
        error={asked ? addressFault : null}
        onChange={setAddress}
      />
      <div className={list.pair}>
        <TextInput
          label={t('outline.radius')}
          inputMode="numeric"
          value={text}
          maxLength={6}
          error={asked ? radiusFault : null}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button variant="default" className={styles.besideField} onClick={draw}>
          {t('outline.circle')}
        </Button>
      </div>
    </fieldset>
  )
}
