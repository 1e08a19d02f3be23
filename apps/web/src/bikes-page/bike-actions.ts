import {
  type Bike,
  type BikeEvent,
  type BikeId,
  type BikeKind,
  bikeTransitions,
  possibleEvents,
} from '@fleet/domain'
import type { TFunction } from 'i18next'
import type { Action } from '../actions/action.ts'
import { pendingChange } from '../live/pending-changes.ts'

/** What a mechanic or dispatcher does; couriers take and return. */
export type BikeStep = Exclude<BikeEvent, 'take' | 'return'>

export const possibleBikeSteps = (bike: Bike): readonly BikeStep[] =>
  possibleEvents(bikeTransitions, bike.status).filter(
    (event): event is BikeStep => event !== 'take' && event !== 'return',
  )

/** The step that most often comes next, by status. */
export const nextBikeStep: Readonly<Partial<Record<Bike['status'], BikeStep>>> = {
  available: 'service',
  charging: 'release',
  maintenance: 'release',
  missing: 'find',
}

export function stepBikeAction(t: TFunction, bike: Bike, event: BikeStep): Action<'stepBike'> {
  return {
    route: 'stepBike',
    input: { params: { id: bike.id }, ifMatch: bike.version, body: { event } },
    done: t(`bike.done.${event}`, { code: bike.code }),
    subject: bike.code,
    expected: [
      pendingChange('bike', bike.id, (row = bike) => ({
        ...row,
        status: bikeTransitions[row.status][event] ?? row.status,
      })),
    ],
    answered: (row) => [['bike', row]],
  }
}

export type BikePatch = Partial<Pick<Bike, 'code' | 'kind' | 'note'>>

/** @param what changed, in words */
export function editBikeAction(
  t: TFunction,
  bike: Bike,
  patch: BikePatch,
  what: string,
): Action<'updateBike'> {
  return {
    route: 'updateBike',
    input: { params: { id: bike.id }, ifMatch: bike.version, body: patch },
    done: t('bike.done.edit', { code: bike.code, what }),
    subject: bike.code,
    expected: [pendingChange('bike', bike.id, (row) => ({ ...(row ?? bike), ...patch }))],
    answered: (row) => [['bike', row]],
  }
}

export function createBikeAction(
  t: TFunction,
  body: { readonly id: BikeId; readonly code: string; readonly kind: BikeKind; readonly note: string },
): Action<'createBike'> {
  return {
    route: 'createBike',
    input: { body },
    done: t('bike.done.create', { code: body.code }),
    answered: (row) => [['bike', row]],
  }
}

export function removeBikeAction(t: TFunction, bike: Bike): Action<'removeBike'> {
  return {
    route: 'removeBike',
    input: { params: { id: bike.id }, ifMatch: bike.version },
    done: t('bike.done.remove', { code: bike.code }),
    subject: bike.code,
    expected: [pendingChange('bike', bike.id, () => null)],
  }
}
