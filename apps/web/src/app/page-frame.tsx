import { type ReactNode, type RefObject, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'

/** Whether a page was on screen before: the first one takes no focus from where the browser put it. */
let entered = false

/**
 * Names the window after the page, and after a change of page moves the focus into it, so that a screen reader says
 * where one is and Tab goes on from there.
 */
export function usePageEntry(title: string): RefObject<HTMLElement | null> {
  const { t } = useTranslation()
  const main = useRef<HTMLElement>(null)
  useEffect(() => {
    document.title = `${title} · ${t('app.name')}`
  }, [title, t])
  useEffect(() => {
    if (entered) main.current?.focus({ preventScroll: true })
    entered = true
  }, [])
  return main
}

interface PageFrameProps {
  readonly title: string
  readonly className?: string | undefined
  readonly children: ReactNode
}

/** The `main` of a page. Every page has one, and one `h1` with the same title in it. */
export function PageFrame({ title, className, children }: PageFrameProps) {
  const main = usePageEntry(title)
  return (
    <main ref={main} tabIndex={-1} aria-label={title} className={className}>
      {children}
    </main>
  )
}
