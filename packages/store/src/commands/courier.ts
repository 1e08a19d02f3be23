import {
  accept,
  bikeTransitions,
  refuse,
  shiftTransitions,
  step,
  type Courier,
  type Decision,
} from '@fleet/domain'
import {
  changed,
  checkIdIsNew,
  createdBy,
  loadExpected,
  type CommandReader,
  type HandlerContext,
  type HandlersOf,
  type Write,
} from './handler.ts'

export const courierHandlers: HandlersOf<'courier'> = {
  async 'courier.create'(tx, { id, name, phone }, context) {
    const isNew = await checkIdIsNew(tx, 'courier', id)
    if (!isNew.ok) return isNew
    const entity = { id, no: 0, name, phone, shift: 'off' as const, bikeId: null, ...createdBy(context) }
    return accept([{ kind: 'courier', change: 'insert', entity }])
  },

  async 'courier.update'(tx, { id, expectedVersion, patch }, context) {
    const courier = await loadExpected(tx, 'courier', id, expectedVersion)
    if (!courier.ok) return courier
    return accept([{ kind: 'courier', change: 'update', entity: changed(courier.value, patch, context) }])
  },

  /** Whoever ends a shift leaves the bike: it becomes available in the same transaction. */
  async 'courier.shift'(tx, { id, expectedVersion, event }, context) {
    const courier = await loadExpected(tx, 'courier', id, expectedVersion)
    if (!courier.ok) return courier
    const shift = step('courier', shiftTransitions, courier.value.shift, event)
    if (!shift.ok) return shift
    const leaves = shift.value === 'off'
    const returned: Decision<readonly Write[]> = leaves
      ? await returnBike(tx, courier.value, context)
      : accept([])
    if (!returned.ok) return returned
    const patch = leaves ? { shift: shift.value, bikeId: null } : { shift: shift.value }
    return accept([
      { kind: 'courier', change: 'update', entity: changed(courier.value, patch, context) },
      ...returned.value,
    ])
  },

  async 'courier.take_bike'(tx, { id, expectedVersion, bikeId }, context) {
    const courier = await loadExpected(tx, 'courier', id, expectedVersion)
    if (!courier.ok) return courier
    if (courier.value.bikeId !== null)
      return refuse('impossible_step', `${courier.value.name} has a bike already and must return it first.`, {
        field: 'bikeId',
      })
    if (courier.value.shift === 'off')
      return refuse('impossible_step', `${courier.value.name} is off shift. Start the shift first.`, {
        field: 'shift',
      })
    const bike = await tx.load('bike', bikeId)
    if (!bike)
      return refuse('invalid_reference', 'The bike named here does not exist (any more).', {
        field: 'bikeId',
      })
    const status = step('bike', bikeTransitions, bike.status, 'take')
    if (!status.ok) return status
    return accept([
      { kind: 'courier', change: 'update', entity: changed(courier.value, { bikeId }, context) },
      { kind: 'bike', change: 'update', entity: changed(bike, { status: status.value }, context) },
    ])
  },

  async 'courier.return_bike'(tx, { id, expectedVersion }, context) {
    const courier = await loadExpected(tx, 'courier', id, expectedVersion)
    if (!courier.ok) return courier
    if (courier.value.bikeId === null)
      return refuse('impossible_step', `${courier.value.name} has no bike to return.`, { field: 'bikeId' })
    const returned = await returnBike(tx, courier.value, context)
    if (!returned.ok) return returned
    return accept([
      { kind: 'courier', change: 'update', entity: changed(courier.value, { bikeId: null }, context) },
      ...returned.value,
    ])
  },

  async 'courier.remove'(tx, { id, expectedVersion }, context) {
    const courier = await loadExpected(tx, 'courier', id, expectedVersion)
    if (!courier.ok) return courier
    const free = await checkCourierIsFree(tx, courier.value)
    if (!free.ok) return free
    return accept([{ kind: 'courier', change: 'remove', entity: changed(courier.value, {}, context) }])
  },
}

/** Whether nothing depends on the courier: no bike, delivery under way, tracker or account. */
export async function checkCourierIsFree(
  tx: CommandReader,
  { id, name, bikeId }: Courier,
): Promise<Decision<null>> {
  if (bikeId !== null) return refuse('in_use', `${name} has a bike and must return it first.`)
  if ((await tx.find('activeDeliveriesOfCourier', id)).length > 0)
    return refuse('in_use', `${name} has deliveries under way. Give them to somebody else first.`)
  if ((await tx.find('devicesOnCourier', id)).length > 0)
    return refuse('in_use', `${name} carries a tracker. Move or remove the tracker first.`)
  if ((await tx.find('usersOfCourier', id)).length > 0)
    return refuse('in_use', `A user account belongs to ${name}. Take it from the courier first.`)
  return accept(null)
}

async function returnBike(
  tx: CommandReader,
  courier: Courier,
  context: HandlerContext,
): Promise<Decision<readonly Write[]>> {
  const bike = courier.bikeId === null ? null : await tx.load('bike', courier.bikeId)
  if (!bike) return accept([])
  const status = step('bike', bikeTransitions, bike.status, 'return')
  if (!status.ok) return status
  return accept([
    { kind: 'bike', change: 'update', entity: changed(bike, { status: status.value }, context) },
  ])
}
