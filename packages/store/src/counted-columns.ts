import { districtOf, endedAtMs, pickedUpAtMs, rideM, type Delivery } from '@fleet/domain'

/** The columns of a delivery that figures are counted by. */
export function countedColumns(delivery: Delivery) {
  return {
    district: districtOf(delivery.dropoff.point),
    picked_up_at_ms: pickedUpAtMs(delivery),
    ended_at_ms: endedAtMs(delivery),
    ride_m: rideM(delivery.pickup.point, delivery.dropoff.point),
  }
}
