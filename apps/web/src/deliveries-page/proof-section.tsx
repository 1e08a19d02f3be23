import type { AttachmentId, Delivery } from '@fleet/domain'
import { useTranslation } from 'react-i18next'
import { DetailSection } from '../drawer/detail-section.tsx'
import styles from './delivery-drawer.module.css'

/** What shows that the customer has it. */
export function ProofSection({ delivery }: { delivery: Delivery }) {
  const { t } = useTranslation()
  const { proof } = delivery
  if (proof === null) return null
  const { receivedBy, note, pinChecked, photoId, signatureId } = proof
  return (
    <DetailSection title={t('proof.title')}>
      {receivedBy !== '' && <p className={styles.proof}>{t('proof.receivedBy', { name: receivedBy })}</p>}
      {pinChecked && <p className={styles.proof}>{t('proof.pinChecked')}</p>}
      {note !== '' && <p className={styles.proof}>{note}</p>}
      <Attachments photoId={photoId} signatureId={signatureId} />
    </DetailSection>
  )
}

interface AttachmentsProps {
  readonly photoId: AttachmentId | null
  readonly signatureId?: AttachmentId | null
}

/** Small; each leads to the whole picture. */
export function Attachments({ photoId, signatureId = null }: AttachmentsProps) {
  const { t } = useTranslation()
  return (
    <div className={styles.attachments}>
      {photoId !== null && <Attachment id={photoId} label={t('proof.photo')} />}
      {signatureId !== null && <Attachment id={signatureId} label={t('proof.signature')} />}
    </div>
  )
}

function Attachment({ id, label }: { id: string; label: string }) {
  const url = `/api/attachments/${encodeURIComponent(id)}`
  return (
    <a href={url} target="_blank" rel="noreferrer">
      <img src={url} alt={label} loading="lazy" />
    </a>
  )
}
