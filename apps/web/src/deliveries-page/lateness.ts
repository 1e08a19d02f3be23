import { activeDeliveryStatuses, type Delivery, type DeliveryStatus } from '@fleet/domain'

const active: readonly DeliveryStatus[] = activeDeliveryStatuses
export const isActive = (delivery: Pick<Delivery, 'status'>): boolean => active.includes(delivery.status)

/** Nearer to its end than this, a window asks for attention. */
export const soonMs = 15 * 60_000

export type Lateness = 'late' | 'soon' | null

/** Whether the promise is broken or about to be. What is over is neither. */
export function latenessOf(delivery: Pick<Delivery, 'status' | 'dropoff'>, nowMs: number): Lateness {
  if (!isActive(delivery)) return null
  const leftMs = delivery.dropoff.window.toMs - nowMs
  return leftMs < 0 ? 'late' : leftMs < soonMs ? 'soon' : null
}
