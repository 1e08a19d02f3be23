import type { Entity } from './entity.ts'
import type { BikeId } from './ids.ts'
import type { StateTable } from './state-machine.ts'

export const bikeKinds = ['city', 'cargo', 'e-cargo'] as const
export type BikeKind = (typeof bikeKinds)[number]

export const bikeStatuses = ['available', 'in_use', 'charging', 'maintenance', 'missing'] as const
export type BikeStatus = (typeof bikeStatuses)[number]

export const bikeEvents = [
  'take',
  'return',
  'charge',
  'service',
  'release',
  'report_missing',
  'find',
] as const
export type BikeEvent = (typeof bikeEvents)[number]

/** `take` and `return` happen through a courier; the others are a mechanic's or a dispatcher's. */
export const bikeTransitions: StateTable<BikeStatus, BikeEvent> = {
  available: {
    take: 'in_use',
    return: null,
    charge: 'charging',
    service: 'maintenance',
    release: null,
    report_missing: 'missing',
    find: null,
  },
  in_use: {
    take: null,
    return: 'available',
    charge: null,
    service: null,
    release: null,
    report_missing: null,
    find: null,
  },
  charging: {
    take: 'in_use',
    return: null,
    charge: null,
    service: 'maintenance',
    release: 'available',
    report_missing: 'missing',
    find: null,
  },
  maintenance: {
    take: null,
    return: null,
    charge: null,
    service: null,
    release: 'available',
    report_missing: 'missing',
    find: null,
  },
  missing: {
    take: null,
    return: null,
    charge: null,
    service: null,
    release: null,
    report_missing: null,
    find: 'maintenance',
  },
}

/** Codes read like AMS-0042: two to five capitals, a dash, two to six digits. */
export const bikeCodePattern = /^[A-Z]{2,5}-\d{2,6}$/

/** What the registry holds. Battery, odometer and last fix change by the second and live in `LatestFix`. */
export interface Bike extends Entity {
  readonly id: BikeId
  /** Small number used where a UUID is too long: positions and live frames. */
  readonly no: number
  readonly code: string
  readonly kind: BikeKind
  readonly status: BikeStatus
  readonly note: string
}
