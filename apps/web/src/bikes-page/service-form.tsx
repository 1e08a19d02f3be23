import { serviceKinds } from '@fleet/domain'
import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import list from '../list-page/list-page.module.css'
import {
  isServiceFields,
  parseServiceDraft,
  type ServiceDraft,
  type ServiceFault,
  type ServiceFields,
} from './service-draft.ts'
import styles from './service-book.module.css'

interface ServiceFormProps {
  readonly initial: ServiceDraft
  readonly onSubmit: (fields: ServiceFields) => Promise<void>
  readonly onCancel: () => void
}

/** One entry of a service book. All that is wrong is said at once, at its field. */
export function ServiceForm({ initial, onSubmit, onCancel }: ServiceFormProps) {
  const { t } = useTranslation()
  const form = useRef<HTMLFormElement>(null)
  const [draft, setDraft] = useState(initial)
  const [faults, setFaults] = useState<readonly ServiceFault[]>([])
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    form.current?.querySelector('select')?.focus({ preventScroll: true })
    form.current?.scrollIntoView({ block: 'nearest' })
  }, [])
  const send = async (event: FormEvent) => {
    event.preventDefault()
    const parsed = parseServiceDraft(draft)
    if (!isServiceFields(parsed)) {
      setFaults(parsed)
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
      return
    }
    setFaults([])
    setBusy(true)
    try {
      await onSubmit(parsed)
    } finally {
      setBusy(false)
    }
  }
  const field = (name: Exclude<keyof ServiceDraft, 'kind' | 'note'>) => ({
    size: 'xs',
    label: t(`service.field.${name}`),
    value: draft[name],
    error: faults.includes(name) ? t(`service.fault.${name}`) : null,
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget
      setDraft((before) => ({ ...before, [name]: value }))
    },
  })
  return (
    <form
      ref={form}
      className={styles.form}
      noValidate
      aria-label={t('service.add')}
      onSubmit={(event) => void send(event)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        event.nativeEvent.stopImmediatePropagation()
        onCancel()
      }}
    >
      <div className={list.pair}>
        <NativeSelect
          size="xs"
          label={t('service.field.kind')}
          value={draft.kind}
          onChange={(event) => {
            const kind = event.currentTarget.value as ServiceDraft['kind']
            setDraft((before) => ({ ...before, kind }))
          }}
          data={serviceKinds.map((kind) => ({ value: kind, label: t(`serviceKind.${kind}`) }))}
        />
        <TextInput type="date" {...field('date')} />
      </div>
      <div className={list.pair}>
        <TextInput inputMode="decimal" {...field('cost')} />
        <TextInput inputMode="numeric" {...field('odometer')} />
      </div>
      <Textarea
        size="xs"
        label={t('form.note')}
        autosize
        minRows={1}
        maxRows={5}
        maxLength={2000}
        value={draft.note}
        onChange={(event) => {
          const note = event.currentTarget.value
          setDraft((before) => ({ ...before, note }))
        }}
      />
      <div className={list.pair}>
        <TextInput type="date" {...field('dueDate')} />
        <TextInput inputMode="numeric" {...field('dueKm')} />
      </div>
      <div className={list.buttons}>
        <Button size="xs" variant="default" onClick={onCancel}>
          {t('form.back')}
        </Button>
        <Button size="xs" type="submit" loading={busy}>
          {t('form.save')}
        </Button>
      </div>
    </form>
  )
}
