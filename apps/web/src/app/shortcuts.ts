import { useEffect, useRef } from 'react'

/** Keyed by `KeyboardEvent.key`. */
export type ShortcutHandlers = Readonly<Record<string, (event: KeyboardEvent) => void>>

/**
 * Single-key shortcuts for as long as the component is on screen. They rest while somebody types, while a dialog
 * or menu is open, and when a modifier is held, which belongs to the browser.
 */
export function useShortcuts(handlers: ShortcutHandlers): void {
  const latest = useRef(handlers)
  useEffect(() => {
    latest.current = handlers
  })
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
      if (
        isTyping(event.target) ||
        document.querySelector('[role="dialog"][aria-modal="true"], [role="menu"]')
      )
        return
      const handler = latest.current[event.key]
      if (handler === undefined) return
      event.preventDefault()
      handler(event)
    }
    addEventListener('keydown', listen)
    return () => removeEventListener('keydown', listen)
  }, [])
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
