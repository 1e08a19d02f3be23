import { Button, Group, Modal, Textarea } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'

interface ReasonDialogProps {
  readonly title: string
  readonly submit: string
  /** A failure must say why; a cancellation may. */
  readonly required: boolean
  readonly onSubmit: (reason: string) => void
  readonly onClose: () => void
}

/** Asks why. Not a confirmation: what follows can be undone. */
export function ReasonDialog({ title, submit, required, onSubmit, onClose }: ReasonDialogProps) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  const [asked, setAsked] = useState(false)
  const missing = required && reason.trim() === ''
  const send = (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    if (!missing) onSubmit(reason.trim())
  }
  return (
    <Modal
      opened
      centered
      onClose={onClose}
      title={title}
      size={420}
      closeButtonProps={{ 'aria-label': t('drawer.close') }}
      transitionProps={{ duration: 80 }}
    >
      <form onSubmit={send}>
        <Textarea
          data-autofocus
          label={t(required ? 'reason.label' : 'reason.optional')}
          autosize
          minRows={2}
          maxLength={500}
          value={reason}
          error={asked && missing ? t('reason.missing') : null}
          onChange={(event) => setReason(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send(event)
          }}
        />
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={onClose}>
            {t('form.back')}
          </Button>
          <Button type="submit">{submit}</Button>
        </Group>
      </form>
    </Modal>
  )
}
