import { type Courier, type Delivery, issueKinds } from '@fleet/domain'
import { Button, Checkbox, Chip, Textarea } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useServices } from '../app/services.ts'
import { fail, type ProblemDraft, report } from './courier-doings.ts'
import { PhotoField } from './photo-field.tsx'
import { Sheet } from './sheet.tsx'
import styles from './problem-sheet.module.css'
import { useDo } from './use-do.ts'
import { useSteadyPress } from './use-steady-press.ts'

interface ProblemSheetProps {
  readonly courier: Courier
  /** What is before the courier; null when nothing is. */
  readonly delivery: Delivery | null
  readonly onClose: () => void
}

/** A bike breaks, nobody opens the door: an issue for the dispatcher, and where it must be the end of the delivery. */
export function ProblemSheet({ courier, delivery, onClose }: ProblemSheetProps) {
  const { t } = useTranslation()
  const { outbox } = useServices()
  const act = useDo()
  const [draft, setDraft] = useState<ProblemDraft>({ kind: 'other', description: '', photo: null })
  const [isAbout, setIsAbout] = useState(delivery !== null)
  const [givesUp, setGivesUp] = useState(false)
  const [asked, setAsked] = useState(false)
  const [busy, setBusy] = useState(false)
  const press = useSteadyPress('sheet')
  const change = (patch: Partial<ProblemDraft>) => setDraft((before) => ({ ...before, ...patch }))
  const description = draft.description.trim()
  const about = isAbout ? delivery : null
  const send = async (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    if (description === '') return
    setBusy(true)
    const { newId } = outbox
    const doings = [report(t, newId, draft, { bikeId: courier.bikeId, delivery: about })]
    if (about !== null && givesUp) doings.push(fail(t, newId, Date.now, about, description.slice(0, 500)))
    const isDone = await act(doings, doings.at(-1)!.intent.done)
    setBusy(false)
    if (isDone) onClose()
  }
  return (
    <Sheet title={t('me.problemTitle')} onClose={onClose}>
      <form onSubmit={(event) => void send(event)} noValidate style={{ display: 'contents' }}>
        <fieldset className={styles.kinds}>
          <legend>{t('issue.kind')}</legend>
          <Chip.Group value={draft.kind} onChange={(kind) => change({ kind })}>
            {issueKinds.map((kind) => (
              <Chip key={kind} value={kind} size="lg">
                {t(`issueKind.${kind}`)}
              </Chip>
            ))}
          </Chip.Group>
        </fieldset>
        <Textarea
          size="lg"
          label={t('issue.description')}
          autosize
          minRows={2}
          maxRows={6}
          maxLength={4000}
          value={draft.description}
          error={asked && description === '' ? t('issue.fault.description') : null}
          onChange={(event) => change({ description: event.currentTarget.value })}
        />
        <PhotoField photo={draft.photo} onChange={(photo) => change({ photo })} />
        {delivery !== null && (
          <Checkbox
            size="lg"
            label={t('me.about', { code: delivery.code })}
            checked={isAbout}
            onChange={(event) => setIsAbout(event.currentTarget.checked)}
          />
        )}
        {about !== null && (
          <Checkbox
            size="lg"
            label={t('me.givesUp')}
            checked={givesUp}
            onChange={(event) => setGivesUp(event.currentTarget.checked)}
          />
        )}
        <Button {...press} type="submit" h={56} fz="lg" radius={12} loading={busy}>
          {t('me.report')}
        </Button>
      </form>
    </Sheet>
  )
}
