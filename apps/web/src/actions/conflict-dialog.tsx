import { Button, Group, Modal } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useConflict } from './use-actions.ts'
import styles from './conflict-dialog.module.css'

/** Two people changed the same thing: says so, and lets this one choose. Closing it keeps what the other did. */
export function ConflictDialog() {
  const { t, i18n } = useTranslation()
  const conflict = useConflict()
  if (conflict === null) return null
  const fieldName = (field: string) => {
    const key = `field.${field}`
    return i18n.exists(key) ? t(key as 'field.status') : field
  }
  const who = lastActor(conflict.current)
  return (
    <Modal
      opened
      centered
      onClose={() => conflict.choose('theirs')}
      title={t('conflict.title', { subject: conflict.subject })}
      closeButtonProps={{ 'aria-label': t('conflict.theirs') }}
    >
      <p className={styles.words}>
        {who === null ? t('conflict.changed') : t('conflict.changedBy', { who })}{' '}
        {conflict.changedFields.length > 0 &&
          t('conflict.fields', { fields: conflict.changedFields.map(fieldName).join(', ') })}
      </p>
      <p className={styles.words}>{t('conflict.yours', { done: conflict.done })}</p>
      <Group justify="flex-end" mt="md">
        <Button variant="default" data-autofocus onClick={() => conflict.choose('theirs')}>
          {t('conflict.theirs')}
        </Button>
        <Button onClick={() => conflict.choose('mine')}>{t('conflict.mine')}</Button>
      </Group>
    </Modal>
  )
}

/** Deliveries say in their timeline who touched them last. */
function lastActor(current: unknown): string | null {
  const timeline = (current as { timeline?: readonly { actor: string }[] } | null)?.timeline
  return timeline?.at(-1)?.actor ?? null
}
