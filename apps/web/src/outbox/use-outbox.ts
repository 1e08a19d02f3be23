import { useSyncExternalStore } from 'react'
import { useServices } from '../app/services.ts'
import type { OutboxView } from './outbox.ts'

/** What waits to be sent, and what was refused. */
export function useOutboxView(): OutboxView {
  const { outbox } = useServices()
  return useSyncExternalStore(outbox.subscribe, () => outbox.view)
}
