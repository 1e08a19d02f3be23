import type { AttachmentId } from '@fleet/domain'
import { Button, CloseButton, FileButton } from '@mantine/core'
import { IconCamera } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useServices } from '../app/services.ts'
import type { Photo } from './courier-doings.ts'
import { shrinkPhoto } from './take-photo.ts'
import styles from './photo-field.module.css'

interface PhotoFieldProps {
  readonly photo: Photo | null
  readonly onChange: (photo: Photo | null) => void
}

/** Opens the phone's camera, and shows what it took. */
export function PhotoField({ photo, onChange }: PhotoFieldProps) {
  const { t } = useTranslation()
  const { outbox } = useServices()
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState(false)
  const take = async (file: File | null) => {
    if (file === null) return
    setBusy(true)
    setFailed(false)
    try {
      onChange({ id: outbox.newId<AttachmentId>(), data: await shrinkPhoto(file) })
    } catch {
      setFailed(true)
    }
    setBusy(false)
  }
  return (
    <div className={styles.field}>
      {photo === null ? (
        <FileButton accept="image/*" capture="environment" onChange={(file) => void take(file)}>
          {(button) => (
            <Button
              {...button}
              variant="default"
              size="lg"
              fullWidth
              loading={busy}
              leftSection={<IconCamera size={20} aria-hidden />}
            >
              {t('me.takePhoto')}
            </Button>
          )}
        </FileButton>
      ) : (
        <div className={styles.taken}>
          <img src={`data:image/jpeg;base64,${photo.data}`} alt={t('me.photoTaken')} />
          <CloseButton size={44} aria-label={t('me.removePhoto')} onClick={() => onChange(null)} />
        </div>
      )}
      {failed && <p role="alert">{t('me.photoFailed')}</p>}
    </div>
  )
}
