import { CloseButton, UnstyledButton } from '@mantine/core'
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { useServices } from '../app/services.ts'
import type { Toast } from './toast-store.ts'
import styles from './toast-region.module.css'

/** Long enough to read two lines and reach for Undo. */
const shownMs = 8_000

/** Messages at the foot of the page. The two regions are there from the start: what is added to them is read out. */
export function ToastRegion() {
  const { t } = useTranslation()
  const { toasts } = useServices()
  const shown = useSyncExternalStore(toasts.subscribe, () => toasts.toasts)
  const of = (tone: Toast['tone']) => shown.filter((toast) => toast.tone === tone)
  return (
    <section className={styles.region} aria-label={t('toast.label')}>
      <div role="alert" className={styles.group}>
        {of('failed').map((toast) => (
          <ToastCard key={toast.id} toast={toast} />
        ))}
      </div>
      <div role="status" aria-live="polite" className={styles.group}>
        {of('done').map((toast) => (
          <ToastCard key={toast.id} toast={toast} />
        ))}
      </div>
    </section>
  )
}

function ToastCard({ toast }: { toast: Toast }) {
  const { t } = useTranslation()
  const { toasts } = useServices()
  const [held, setHeld] = useState(false)
  const { id, tone, action } = toast
  useEffect(() => {
    // Whoever points at it or has the focus in it is reading (WCAG 2.2.1).
    if (held || tone === 'failed') return undefined
    const timer = setTimeout(() => toasts.dismiss(id), shownMs)
    return () => clearTimeout(timer)
  }, [held, tone, id, toasts])
  const ToneIcon = tone === 'failed' ? IconAlertTriangle : IconCheck
  return (
    <div
      className={styles.toast}
      data-tone={tone}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <ToneIcon size={18} stroke={2} aria-hidden />
      <div className={styles.words}>
        <p>{toast.text}</p>
        {toast.detail !== undefined && <p className={styles.detail}>{toast.detail}</p>}
      </div>
      {action !== undefined && (
        <UnstyledButton
          className={styles.action}
          onClick={() => {
            toasts.dismiss(id)
            action.run()
          }}
        >
          {action.label}
        </UnstyledButton>
      )}
      <CloseButton size="sm" aria-label={t('toast.close')} onClick={() => toasts.dismiss(id)} />
    </div>
  )
}
