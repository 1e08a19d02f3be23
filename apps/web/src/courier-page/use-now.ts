import { useEffect, useState } from 'react'

/**
 * Renders again every `intervalMs` while somebody looks. The wall clock: one that only grows stands still while a phone
 * sleeps.
 *
 * @returns epoch ms
 */
export function useNow(intervalMs: number): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const tick = () => {
      if (document.visibilityState === 'visible') setNow(Date.now())
    }
    const timer = setInterval(tick, intervalMs)
    document.addEventListener('visibilitychange', tick)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', tick)
    }
  }, [intervalMs])
  return now
}
