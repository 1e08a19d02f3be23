import type { Entity } from './entity.ts'
import type { BikeId, CourierId } from './ids.ts'
import type { StateTable } from './state-machine.ts'

export const shifts = ['off', 'on', 'break'] as const
export type Shift = (typeof shifts)[number]

export const shiftEvents = ['start', 'pause', 'resume', 'end'] as const
export type ShiftEvent = (typeof shiftEvents)[number]

export const shiftTransitions: StateTable<Shift, ShiftEvent> = {
  off: { start: 'on', pause: null, resume: null, end: null },
  on: { start: null, pause: 'break', resume: null, end: 'off' },
  break: { start: null, pause: null, resume: 'on', end: 'off' },
}

export interface Courier extends Entity {
  readonly id: CourierId
  readonly no: number
  readonly name: string
  readonly phone: string
  readonly shift: Shift
  /** The bike under them; that bike is `in_use`. */
  readonly bikeId: BikeId | null
}
