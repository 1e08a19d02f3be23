import type { Entity } from './entity.ts'
import type { BikeId, CourierId, DeviceId } from './ids.ts'

/** A tracker rides on a bike or in a courier's pocket. */
export type DeviceMount =
  | { readonly on: 'bike'; readonly bikeId: BikeId }
  | { readonly on: 'courier'; readonly courierId: CourierId }

export interface Device extends Entity {
  readonly id: DeviceId
  readonly no: number
  /**
   * What the tracker calls itself on the wire. The OsmAnd protocol has no password, so whoever knows this can
   * send its fixes: generated ids are long and random.
   */
  readonly trackerId: string
  readonly name: string
  readonly mount: DeviceMount
}
