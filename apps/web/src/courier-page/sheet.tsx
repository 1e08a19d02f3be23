import { Drawer } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './sheet.module.css'

interface SheetProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ReactNode
}

/** Comes up from the bottom, where the thumb is. */
export function Sheet({ title, onClose, children }: SheetProps) {
  const { t } = useTranslation()
  return (
    <Drawer
      opened
      onClose={onClose}
      title={title}
      position="bottom"
      size="auto"
      classNames={{
        content: styles.content,
        inner: styles.inner,
        title: styles.title,
        body: styles.body,
      }}
      closeButtonProps={{ 'aria-label': t('drawer.close'), size: 44 }}
      transitionProps={{ duration: 120 }}
    >
      {children}
    </Drawer>
  )
}
