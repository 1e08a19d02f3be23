import {
  type Bike,
  type Courier,
  type CourierId,
  possibleEvents,
  type ShiftEvent,
  shiftTransitions,
} from '@fleet/domain'
import type { TFunction } from 'i18next'
import type { Action } from '../actions/action.ts'
import { pendingChange, type PendingChange } from '../live/pending-changes.ts'

export const possibleShiftSteps = (courier: Courier): readonly ShiftEvent[] =>
  possibleEvents(shiftTransitions, courier.shift)

/** The step that most often comes next, by shift. */
export const nextShiftStep: Readonly<Record<Courier['shift'], ShiftEvent>> = {
  off: 'start',
  on: 'pause',
  break: 'resume',
}

/** Nobody rides it any more. */
const freed = (bikeId: string): PendingChange =>
  pendingChange('bike', bikeId, (bike) => (bike === undefined ? undefined : { ...bike, status: 'available' }))

/** Whoever ends a shift leaves the bike, as on the server. */
export function stepShiftAction(t: TFunction, courier: Courier, event: ShiftEvent): Action<'stepShift'> {
  const shift = shiftTransitions[courier.shift][event] ?? courier.shift
  const leaves = shift === 'off'
  return {
    route: 'stepShift',
    input: { params: { id: courier.id }, ifMatch: courier.version, body: { event } },
    done: t(`courier.done.${event}`, { name: courier.name }),
    subject: courier.name,
    expected: [
      pendingChange('courier', courier.id, (row = courier) => ({
        ...row,
        shift,
        bikeId: leaves ? null : row.bikeId,
      })),
      ...(leaves && courier.bikeId !== null ? [freed(courier.bikeId)] : []),
    ],
    answered: (row) => [['courier', row]],
  }
}

export function takeBikeAction(t: TFunction, courier: Courier, bike: Bike): Action<'takeBike'> {
  return {
    route: 'takeBike',
    input: { params: { id: courier.id }, ifMatch: courier.version, body: { bikeId: bike.id } },
    done: t('courier.done.take', { name: courier.name, code: bike.code }),
    subject: courier.name,
    expected: [
      pendingChange('courier', courier.id, (row = courier) => ({ ...row, bikeId: bike.id })),
      pendingChange('bike', bike.id, (row = bike) => ({ ...row, status: 'in_use' })),
    ],
    answered: (row) => [['courier', row]],
  }
}

export function returnBikeAction(t: TFunction, courier: Courier, bike: Bike): Action<'returnBike'> {
  return {
    route: 'returnBike',
    input: { params: { id: courier.id }, ifMatch: courier.version },
    done: t('courier.done.return', { name: courier.name, code: bike.code }),
    subject: courier.name,
    expected: [
      pendingChange('courier', courier.id, (row = courier) => ({ ...row, bikeId: null })),
      freed(bike.id),
    ],
    answered: (row) => [['courier', row]],
  }
}

/** @param what changed, in words */
export function editCourierAction(
  t: TFunction,
  courier: Courier,
  patch: Partial<Pick<Courier, 'name' | 'phone'>>,
  what: string,
): Action<'updateCourier'> {
  return {
    route: 'updateCourier',
    input: { params: { id: courier.id }, ifMatch: courier.version, body: patch },
    done: t('courier.done.edit', { name: courier.name, what }),
    subject: courier.name,
    expected: [pendingChange('courier', courier.id, (row) => ({ ...(row ?? courier), ...patch }))],
    answered: (row) => [['courier', row]],
  }
}

export function createCourierAction(
  t: TFunction,
  body: { readonly id: CourierId; readonly name: string; readonly phone: string },
): Action<'createCourier'> {
  return {
    route: 'createCourier',
    input: { body },
    done: t('courier.done.create', { name: body.name }),
    answered: (row) => [['courier', row]],
  }
}

export function removeCourierAction(t: TFunction, courier: Courier): Action<'removeCourier'> {
  return {
    route: 'removeCourier',
    input: { params: { id: courier.id }, ifMatch: courier.version },
    done: t('courier.done.remove', { name: courier.name }),
    subject: courier.name,
    expected: [pendingChange('courier', courier.id, () => null)],
  }
}
