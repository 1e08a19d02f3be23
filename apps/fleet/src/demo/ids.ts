import {
  type BikeId,
  type CourierId,
  createId,
  type DeliveryId,
  type DeviceId,
  type IssueId,
  type ZoneId,
} from '@fleet/domain'
import type { Random } from './random.ts'

type AnyId = BikeId | CourierId | DeliveryId | IssueId | ZoneId | DeviceId

/** An id from the demo's own chance: the same seed at the same time names the same things. */
export function drawId<T extends AnyId>(random: Random, nowMs: number): T {
  return createId(
    nowMs,
    Uint8Array.from({ length: 10 }, () => random.int(0, 255)),
  )
}
