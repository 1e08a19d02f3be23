import { type Delivery, maxPinFailures } from '@fleet/domain'
import { Button, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useServices } from '../app/services.ts'
import { deliver, type ProofDraft } from './courier-doings.ts'
import { PhotoField } from './photo-field.tsx'
import { Sheet } from './sheet.tsx'
import { SignaturePad } from './signature-pad.tsx'
import { useDo } from './use-do.ts'
import { useSteadyPress } from './use-steady-press.ts'
import { wrongPinWords } from './refusal-words.ts'

const nothing: ProofDraft = { receivedBy: '', note: '', pin: '', photo: null, signature: null }
/** At a door nobody waits longer to hear whether a PIN is right; after that it is checked when it can be. */
const pinAnswerWithinMs = 8_000

interface DeliverSheetProps {
  readonly delivery: Delivery
  /** It is on the phone's disk, or done. */
  readonly onDone: () => void
  readonly onClose: () => void
}

/** Handing over: the PIN where one is asked for, and whatever proves it. */
export function DeliverSheet({ delivery, onDone, onClose }: DeliverSheetProps) {
  const { t } = useTranslation()
  const { outbox } = useServices()
  const act = useDo()
  const [proof, setProof] = useState(nothing)
  const [busy, setBusy] = useState(false)
  const press = useSteadyPress('sheet')
  const [pinFault, setPinFault] = useState<string | null>(null)
  const change = (patch: Partial<ProofDraft>) => setProof((before) => ({ ...before, ...patch }))
  const send = async (event: FormEvent) => {
    event.preventDefault()
    if (delivery.pinRequired && !/^\d{4}$/.test(proof.pin)) {
      setPinFault(t('me.pinMissing'))
      return
    }
    setBusy(true)
    const isDone = await act([deliver(t, outbox.newId, Date.now, delivery, proof)], undefined, isPinRight)
    setBusy(false)
    if (!isDone) return
    onClose()
    onDone()
  }
  /** A wrong one is told here, and not among what was refused later. */
  const isPinRight = async (key: string) => {
    if (!delivery.pinRequired) return true
    const outcome = await outbox.settled(key, pinAnswerWithinMs)
    if (typeof outcome === 'string' || outcome.problem?.code !== 'wrong_pin') return true
    setPinFault(wrongPinWords(t, outcome.problem))
    await outbox.discard(outcome.no)
    return false
  }
  const locked = delivery.pinRequired && delivery.pinFailures >= maxPinFailures
  return (
    <Sheet title={t('me.deliverTitle', { code: delivery.code })} onClose={onClose}>
      <form onSubmit={(event) => void send(event)} noValidate style={{ display: 'contents' }}>
        {delivery.pinRequired && (
          <TextInput
            size="lg"
            label={t('me.pin')}
            description={locked ? t('me.pinLocked') : t('me.pinHint')}
            inputMode="numeric"
            autoComplete="off"
            maxLength={4}
            data-autofocus
            value={proof.pin}
            error={pinFault}
            onChange={(event) => {
              setPinFault(null)
              change({ pin: event.currentTarget.value.replaceAll(/\D/g, '') })
            }}
          />
        )}
        <TextInput
          size="lg"
          label={t('me.receivedBy')}
          autoComplete="off"
          maxLength={120}
          value={proof.receivedBy}
          onChange={(event) => change({ receivedBy: event.currentTarget.value })}
        />
        <PhotoField photo={proof.photo} onChange={(photo) => change({ photo })} />
        <SignaturePad strokes={proof.signature} onChange={(signature) => change({ signature })} />
        <Textarea
          size="lg"
          label={t('me.note')}
          autosize
          minRows={1}
          maxRows={4}
          maxLength={2000}
          value={proof.note}
          onChange={(event) => change({ note: event.currentTarget.value })}
        />
        <Button {...press} type="submit" h={56} fz="lg" radius={12} loading={busy}>
          {t('me.delivered')}
        </Button>
      </form>
    </Sheet>
  )
}
