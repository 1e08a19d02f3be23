import { type Command, type CommandOf, type DeliverySize, type Priority, minuteMs } from '@fleet/domain'
import { type Restaurant, restaurants, type StreetAddress, customerAddresses } from '@fleet/domain/amsterdam'
import { drawId } from './ids.ts'
import type { Random } from './random.ts'
import { customerName, doorNotes } from './texts.ts'

/** Places that orders come from and go to, read once: both lists are computed. */
export interface OrderDesk {
  readonly restaurants: readonly Restaurant[]
  readonly customers: readonly StreetAddress[]
}

export const openOrderDesk = (): OrderDesk => ({ restaurants: restaurants(), customers: customerAddresses() })

/**
 * An order as it comes in: from a kitchen to a door, with the windows that were promised.
 *
 * @param nowMs when the kitchen says that it will be ready is counted from here
 */
export function drawOrder(desk: OrderDesk, random: Random, nowMs: number): CommandOf<'delivery.create'> {
  const restaurant = random.pick(desk.restaurants)
  const customer = random.pick(desk.customers)
  const priority: Priority = random.chance(0.1) ? 'urgent' : random.chance(0.2) ? 'high' : 'normal'
  const size: DeliverySize = random.chance(0.12) ? 'large' : random.chance(0.35) ? 'medium' : 'small'
  const readyMs = nowMs + random.int(2, 10) * minuteMs
  const rideMs = (priority === 'urgent' ? 20 : 30) * minuteMs
  return {
    type: 'delivery.create',
    id: drawId(random, nowMs),
    pickup: {
      address: restaurant.address.label,
      point: restaurant.address.at,
      window: { fromMs: readyMs, toMs: readyMs + 15 * minuteMs },
      contact: restaurant.name,
      note: '',
    },
    dropoff: {
      address: customer.label,
      point: customer.at,
      window: { fromMs: readyMs + 10 * minuteMs, toMs: readyMs + rideMs + random.int(0, 15) * minuteMs },
      contact: customerName(random.pick),
      note: random.pick(doorNotes),
    },
    size,
    priority,
  } satisfies Command
}
