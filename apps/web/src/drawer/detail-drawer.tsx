import { CloseButton } from '@mantine/core'
import { type ReactNode, type Ref, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './detail-drawer.module.css'

interface DetailDrawerProps {
  /** How the drawer is called by a screen reader: "Delivery D-000123". */
  readonly label: string
  readonly title: string
  readonly subtitle?: ReactNode
  /** Buttons beside the title. */
  readonly actions?: ReactNode
  /** Stays below the body: the buttons of a form. */
  readonly footer?: ReactNode
  /** Moves the focus to the title when it opens: for whoever came by keyboard. */
  readonly takeFocus?: boolean
  readonly headingRef?: Ref<HTMLHeadingElement>
  readonly wide?: boolean
  readonly onClose: () => void
  readonly children: ReactNode
}

/**
 * The frame for details of one record, at the right over the page; on a phone over all of it. Not modal: the list
 * beside it stays in use. Pages close it with Escape and give the focus back to their list.
 */
export function DetailDrawer(props: DetailDrawerProps) {
  const { t } = useTranslation()
  const heading = useRef<HTMLHeadingElement | null>(null)
  useEffect(() => {
    if (props.takeFocus === true) heading.current?.focus({ preventScroll: true })
    // oxlint-disable-next-line react/exhaustive-deps -- only when another record is opened
  }, [props.label])
  return (
    <aside className={styles.drawer} aria-label={props.label} data-wide={props.wide}>
      <header className={styles.header}>
        <div className={styles.title}>
          <h2
            tabIndex={-1}
            ref={(element) => {
              heading.current = element
              if (typeof props.headingRef === 'function') props.headingRef(element)
              else if (props.headingRef) props.headingRef.current = element
            }}
          >
            {props.title}
          </h2>
          {props.subtitle !== undefined && <div className={styles.subtitle}>{props.subtitle}</div>}
        </div>
        {props.actions}
        <CloseButton size={32} aria-label={t('drawer.close')} onClick={props.onClose} />
      </header>
      <div className={styles.body}>{props.children}</div>
      {props.footer !== undefined && <footer className={styles.footer}>{props.footer}</footer>}
    </aside>
  )
}
