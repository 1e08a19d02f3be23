import type { Entity } from './entity.ts'
import type { BikeId, ServiceEntryId } from './ids.ts'

export const serviceKinds = [
  'inspection',
  'brakes',
  'tyres',
  'drivetrain',
  'battery',
  'lights',
  'frame',
  'other',
] as const
export type ServiceKind = (typeof serviceKinds)[number]

/** A line in a bike's service book: what was done, what it cost, and when it is to be done again. */
export interface ServiceEntry extends Entity {
  readonly id: ServiceEntryId
  readonly bikeId: BikeId
  readonly kind: ServiceKind
  /** When it was done. */
  readonly atMs: number
  readonly costCents: number
  /** What the odometer said then; null when nobody looked. */
  readonly odometerKm: number | null
  readonly note: string
  /** When it is due again; null when no date is set. */
  readonly dueMs: number | null
  /** At which state of the odometer it is due again; null when none is set. */
  readonly dueKm: number | null
}
