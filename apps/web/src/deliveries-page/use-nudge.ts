import type { Delivery } from '@fleet/domain'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useDeliverySteps } from './delivery-steps.tsx'

/** Longer than a key held down takes to repeat, shorter than a person waits for an answer. */
const quietMs = 600

export interface Nudge {
  readonly delivery: Delivery
  readonly deltaMs: number
}

/**
 * A delivery that is moved in time by keys: shown at once, sent when the keys rest. Many presses are one change, and one
 * undo.
 */
export function useNudge(): readonly [Nudge | null, (delivery: Delivery, byMs: number) => void] {
  const steps = useDeliverySteps()
  const [nudge, setNudge] = useState<Nudge | null>(null)
  const pending = useRef<Nudge | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const send = useCallback(() => {
    clearTimeout(timer.current)
    const { current } = pending
    pending.current = null
    setNudge(null)
    if (current !== null) steps.move([current.delivery], current.deltaMs)
  }, [steps])
  // Whoever goes elsewhere before the keys have rested has moved it all the same.
  const latest = useRef(send)
  useEffect(() => {
    latest.current = send
  })
  useEffect(() => () => latest.current(), [])
  const move = useCallback(
    (delivery: Delivery, byMs: number) => {
      if (pending.current !== null && pending.current.delivery.id !== delivery.id) send()
      const before = pending.current ?? { delivery, deltaMs: 0 }
      pending.current = { ...before, deltaMs: before.deltaMs + byMs }
      setNudge(pending.current)
      clearTimeout(timer.current)
      timer.current = setTimeout(() => latest.current(), quietMs)
    },
    [send],
  )
  return [nudge, move]
}
