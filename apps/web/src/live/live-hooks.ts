import { useCallback, useEffect, useState, useSyncExternalStore } from 'react'
import { useServices } from '../app/services.ts'
import type { ConnectionView, LiveStore } from './live-store.ts'
import type { Registry } from './registry.ts'

export const useLive = (): LiveStore => useServices().live

export function useConnection(): ConnectionView {
  const live = useLive()
  const subscribe = useCallback((listener: () => void) => live.subscribe('connection', listener), [live])
  return useSyncExternalStore(subscribe, () => live.connection)
}

/**
 * The registry, at most once per `intervalMs`: a busy fleet changes many times a second and nobody reads faster.
 * What the person at this screen did is shown at once.
 */
export function useRegistry(intervalMs = 250): Registry {
  const live = useLive()
  const [registry, setRegistry] = useState(live.registry)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let shownAtMs = 0
    const show = () => {
      timer = undefined
      shownAtMs = performance.now()
      setRegistry(live.registry)
    }
    const listen = (urgent: boolean) => {
      if (urgent) {
        clearTimeout(timer)
        show()
        return
      }
      if (timer !== undefined) return
      const waitMs = intervalMs - (performance.now() - shownAtMs)
      if (waitMs <= 0) show()
      else timer = setTimeout(show, waitMs)
    }
    listen(false)
    const stop = live.subscribe('registry', listen)
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [live, intervalMs])
  return registry
}

/**
 * Renders again every `intervalMs` while positions come or time passes: for rows and badges that show ages.
 * @returns the server's clock at the tick, epoch ms
 */
export function useServerNow(intervalMs: number): number {
  const live = useLive()
  const [now, setNow] = useState(() => live.serverNowMs())
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') setNow(live.serverNowMs())
    }, intervalMs)
    return () => clearInterval(timer)
  }, [live, intervalMs])
  return now
}
