import { deliverySizes, priorities, type Stop } from '@fleet/domain'
import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { AddressField } from './address-field.tsx'
import {
  type DeliveryDraft,
  type DraftFaults,
  isStop,
  parseStopDraft,
  type StopDraft,
  type StopFault,
} from './delivery-draft.ts'
import styles from './delivery-form.module.css'

export interface DeliveryFormResult extends Omit<DeliveryDraft, 'pickup' | 'dropoff'> {
  readonly pickup: Stop
  readonly dropoff: Stop
}

interface DeliveryFormProps {
  readonly initial: DeliveryDraft
  readonly submit: string
  readonly onSubmit: (result: DeliveryFormResult) => Promise<void>
  readonly onCancel: () => void
}

const noFaults: DraftFaults = { pickup: [], dropoff: [] }

/** Both stops, size and priority. All that is wrong is said at once, at its field. */
export function DeliveryForm({ initial, submit, onSubmit, onCancel }: DeliveryFormProps) {
  const { t } = useTranslation()
  const form = useRef<HTMLFormElement>(null)
  const [draft, setDraft] = useState(initial)
  const [faults, setFaults] = useState(noFaults)
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    form.current?.querySelector<HTMLElement>('input')?.focus({ preventScroll: true })
  }, [])

  const send = async (event: FormEvent) => {
    event.preventDefault()
    const pickup = parseStopDraft(draft.pickup)
    const dropoff = parseStopDraft(draft.dropoff)
    if (!isStop(pickup) || !isStop(dropoff)) {
      setFaults({ pickup: isStop(pickup) ? [] : pickup, dropoff: isStop(dropoff) ? [] : dropoff })
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
      return
    }
    setFaults(noFaults)
    setBusy(true)
    try {
      await onSubmit({ pickup, dropoff, size: draft.size, priority: draft.priority })
    } finally {
      setBusy(false)
    }
  }
  return (
    <form ref={form} className={styles.form} noValidate onSubmit={(event) => void send(event)}>
      {(['pickup', 'dropoff'] as const).map((kind) => (
        <StopFields
          key={kind}
          title={t(`detail.${kind}`)}
          draft={draft[kind]}
          faults={faults[kind]}
          onChange={(stop) => setDraft((before) => ({ ...before, [kind]: stop }))}
        />
      ))}
      <div className={styles.pair}>
        <NativeSelect
          label={t('delivery.column.size')}
          value={draft.size}
          onChange={(event) => {
            const size = event.currentTarget.value as DeliveryDraft['size']
            setDraft((before) => ({ ...before, size }))
          }}
          data={deliverySizes.map((size) => ({ value: size, label: t(`size.${size}`) }))}
        />
        <NativeSelect
          label={t('delivery.column.priority')}
          value={draft.priority}
          onChange={(event) => {
            const priority = event.currentTarget.value as DeliveryDraft['priority']
            setDraft((before) => ({ ...before, priority }))
          }}
          data={priorities.map((priority) => ({ value: priority, label: t(`priority.${priority}`) }))}
        />
      </div>
      <div className={styles.buttons}>
        <Button variant="default" onClick={onCancel}>
          {t('form.back')}
        </Button>
        <Button type="submit" loading={busy}>
          {submit}
        </Button>
      </div>
    </form>
  )
}

interface StopFieldsProps {
  readonly title: string
  readonly draft: StopDraft
  readonly faults: readonly StopFault[]
  readonly onChange: (stop: StopDraft) => void
}

function StopFields({ title, draft, faults, onChange }: StopFieldsProps) {
  const { t } = useTranslation()
  const id = useId()
  const change = (patch: Partial<StopDraft>) => onChange({ ...draft, ...patch })
  const fault = (...names: readonly StopFault[]) => {
    const name = names.find((one) => faults.includes(one))
    return name === undefined ? null : t(`form.fault.${name}`)
  }
  return (
    <section className={styles.stop} aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      <AddressField
        label={t('form.address')}
        value={draft.where}
        error={fault('address', 'place')}
        onChange={(where) => change({ where })}
      />
      <div className={styles.window}>
        <TextInput
          type="date"
          label={t('form.date')}
          value={draft.date}
          error={fault('date')}
          onChange={(event) => change({ date: event.currentTarget.value })}
        />
        <TextInput
          // Not of type `time`: that one follows the browser, and may ask for AM and PM.
          inputMode="numeric"
          autoComplete="off"
          maxLength={5}
          label={t('form.from')}
          value={draft.from}
          error={fault('from')}
          onChange={(event) => change({ from: event.currentTarget.value })}
        />
        <TextInput
          inputMode="numeric"
          autoComplete="off"
          maxLength={5}
          label={t('form.to')}
          value={draft.to}
          error={fault('to', 'order')}
          onChange={(event) => change({ to: event.currentTarget.value })}
        />
      </div>
      <TextInput
        label={t('form.contact')}
        maxLength={120}
        value={draft.contact}
        onChange={(event) => change({ contact: event.currentTarget.value })}
      />
      <Textarea
        label={t('form.note')}
        autosize
        minRows={1}
        maxRows={5}
        maxLength={2000}
        value={draft.note}
        onChange={(event) => change({ note: event.currentTarget.value })}
      />
    </section>
  )
}
