import { useCallback, useState } from 'react'

const storageKey = 'fleet-attention'
/** Narrower than this, list, map and queue do not fit side by side. */
const roomyPx = 1180

/** Whether the queue is open: as this person left it, else where there is room. */
export function useAttentionOpen(): readonly [open: boolean, setOpen: (open: boolean) => void] {
  const [open, set] = useState(() => readStored() ?? innerWidth >= roomyPx)
  const setOpen = useCallback((next: boolean) => {
    set(next)
    try {
      localStorage.setItem(storageKey, next ? 'open' : 'closed')
    } catch {
      // Storage may be forbidden; the choice then lasts until the page is closed.
    }
  }, [])
  return [open, setOpen]
}

/** On a phone the queue covers the map: it is never there unasked. */
function readStored(): boolean | null {
  if (innerWidth <= 760) return false
  try {
    const stored = localStorage.getItem(storageKey)
    return stored === null ? null : stored === 'open'
  } catch {
    return null
  }
}
