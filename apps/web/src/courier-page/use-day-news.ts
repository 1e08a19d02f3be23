import { courierNewsPath } from '@fleet/api'
import { useEffect } from 'react'
import { useServices } from '../app/services.ts'
import { dayKey } from './day.ts'

/** After a refusal a browser does not come back by itself. */
const comeBackMs = 15_000

/**
 * Reads the day again when the server says that something of it changed, while somebody looks at the page. What is not
 * heard, because the network is away, is seen when the day is read the next time.
 *
 * @param isCourier the server tells nobody else
 */
export function useDayNews(isCourier: boolean): void {
  const { queries } = useServices()
  useEffect(() => {
    if (!isCourier) return undefined
    let source: EventSource | null = null
    let timer: ReturnType<typeof setTimeout> | undefined
    const read = () => void queries.invalidateQueries({ queryKey: dayKey })
    const close = () => {
      clearTimeout(timer)
      source?.close()
      source = null
    }
    const open = () => {
      close()
      if (document.visibilityState !== 'visible') return
      const opened = new EventSource(courierNewsPath)
      // Whatever happened before it was open was not told.
      opened.addEventListener('open', read)
      opened.addEventListener('message', read)
      opened.addEventListener('error', () => {
        if (opened.readyState === EventSource.CLOSED && source === opened)
          timer = setTimeout(open, comeBackMs)
      })
      source = opened
    }
    open()
    document.addEventListener('visibilitychange', open)
    return () => {
      document.removeEventListener('visibilitychange', open)
      close()
    }
  }, [queries, isCourier])
}
