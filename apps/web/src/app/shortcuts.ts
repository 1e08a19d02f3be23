import { useEffect, useRef } from 'react'

/** Keyed by `KeyboardEvent.key`; with Ctrl (⌘ on a Mac) `mod+k`, with Shift too `mod+shift+z`. */
export type ShortcutHandlers = Readonly<Record<string, ShortcutHandler>>
/** False: not for me after all, somebody else may have it. */
type ShortcutHandler = (event: KeyboardEvent) => unknown

interface ShortcutOptions {
  /** Also while somebody types, and while a dialog is open: for what opens from everywhere. */
  readonly everywhere?: boolean
}

/**
 * Shortcuts for as long as the component is on screen. They rest while somebody types and while a dialog or menu is
 * open.
 */
export function useShortcuts(handlers: ShortcutHandlers, { everywhere = false }: ShortcutOptions = {}): void {
  const latest = useRef(handlers)
  useEffect(() => {
    latest.current = handlers
  })
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey) return
      if (
        !everywhere &&
        (isTyping(event.target) ||
          document.querySelector('[role="dialog"][aria-modal="true"], [role="menu"]') !== null)
      )
        return
      const handler = latest.current[nameOf(event)]
      if (handler === undefined) return
      if (handler(event) !== false) event.preventDefault()
    }
    addEventListener('keydown', listen)
    return () => removeEventListener('keydown', listen)
  }, [everywhere])
}

function nameOf(event: KeyboardEvent): string {
  if (!event.ctrlKey && !event.metaKey) return event.key
  return `mod+${event.shiftKey ? 'shift+' : ''}${event.key.toLowerCase()}`
}

export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))

/** How the modifier is written on this machine's keys. */
export const modKey = /Mac|iP(?:hone|ad)/.test(navigator.platform) ? '⌘' : 'Ctrl'
