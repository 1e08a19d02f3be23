import {
  accept,
  deliveryTransitions,
  refuse,
  step,
  type Courier,
  type Decision,
  type Delivery,
} from '@fleet/domain'
import { checkAttachments, checkPin, proofOf } from './delivery-proof.ts'
import { advance, advanceTaken, entry, write } from './delivery-timeline.ts'
import { checkIdIsNew, createdBy, loadExpected, type CommandReader, type HandlersOf } from './handler.ts'

export const deliveryHandlers: HandlersOf<'delivery'> = {
  async 'delivery.create'(tx, { id, pickup, dropoff, size, priority, pinRequired = false }, context) {
    const isNew = await checkIdIsNew(tx, 'delivery', id)
    if (!isNew.ok) return isNew
    const entity: Delivery = {
      id,
      code: '',
      status: 'unassigned',
      courierId: null,
      pickup,
      dropoff,
      size,
      priority,
      failureReason: null,
      timeline: [entry(context, 'create', { status: 'unassigned', courierId: null })],
      rating: null,
      complaint: null,
      pinRequired,
      pinFailures: 0,
      proof: null,
      ...createdBy(context),
    }
    return accept([{ kind: 'delivery', change: 'insert', entity }])
  },

  async 'delivery.update'(tx, { id, expectedVersion, patch }, context) {
    const delivery = await loadExpected(tx, 'delivery', id, expectedVersion)
    if (!delivery.ok) return delivery
    if (delivery.value.status === 'delivered' || delivery.value.status === 'cancelled')
      return refuse(
        'impossible_step',
        `${delivery.value.code} is ${delivery.value.status} and cannot be changed any more.`,
        { field: 'status' },
      )
    const pinFailures = patch.pinRequired === undefined ? delivery.value.pinFailures : 0
    return accept(write(delivery.value, { ...patch, pinFailures }, 'edit', context))
  },

  /** Also hands a parcel over to another courier, before or after it was picked up. */
  async 'delivery.assign'(tx, { id, expectedVersion, courierId }, context) {
    const delivery = await loadExpected(tx, 'delivery', id, expectedVersion)
    if (!delivery.ok) return delivery
    const courier = await loadWorking(tx, courierId)
    if (!courier.ok) return courier
    if (delivery.value.courierId === courierId)
      return refuse('impossible_step', `${courier.value.name} has ${delivery.value.code} already.`, {
        field: 'courierId',
      })
    return advance(delivery.value, 'assign', { courierId }, context)
  },

  async 'delivery.unassign'(tx, { id, expectedVersion }, context) {
    const delivery = await loadExpected(tx, 'delivery', id, expectedVersion)
    if (!delivery.ok) return delivery
    return advance(delivery.value, 'unassign', { courierId: null }, context)
  },

  async 'delivery.pick_up'(tx, command, context) {
    const delivery = await loadExpected(tx, 'delivery', command.id, command.expectedVersion)
    if (!delivery.ok) return delivery
    return advanceTaken(delivery.value, 'pick_up', {}, context, command)
  },

  async 'delivery.deliver'(tx, command, context) {
    const { id, expectedVersion, proof, pin } = command
    const delivery = await loadExpected(tx, 'delivery', id, expectedVersion)
    if (!delivery.ok) return delivery
    const status = step('delivery', deliveryTransitions, delivery.value.status, 'deliver')
    if (!status.ok) return status
    const pinChecked = await checkPin(tx, delivery.value, pin, context)
    if (!pinChecked.ok) return pinChecked
    const given = proofOf(proof, pinChecked.value)
    const attached = await checkAttachments(tx, id, given)
    if (!attached.ok) return attached
    return advanceTaken(delivery.value, 'deliver', { proof: given }, context, command, given?.note)
  },

  async 'delivery.fail'(tx, command, context) {
    const { id, expectedVersion, reason } = command
    const delivery = await loadExpected(tx, 'delivery', id, expectedVersion)
    if (!delivery.ok) return delivery
    return advanceTaken(delivery.value, 'fail', { failureReason: reason }, context, command, reason)
  },

  async 'delivery.retry'(tx, { id, expectedVersion }, context) {
    const delivery = await loadExpected(tx, 'delivery', id, expectedVersion)
    if (!delivery.ok) return delivery
    return advance(delivery.value, 'retry', { courierId: null, failureReason: null }, context)
  },

  async 'delivery.cancel'(tx, { id, expectedVersion, reason }, context) {
    const delivery = await loadExpected(tx, 'delivery', id, expectedVersion)
    if (!delivery.ok) return delivery
    return advance(delivery.value, 'cancel', {}, context, { note: reason })
  },

  async 'delivery.rate'(tx, { id, expectedVersion, rating, complaint }, context) {
    const delivery = await loadExpected(tx, 'delivery', id, expectedVersion)
    if (!delivery.ok) return delivery
    if (delivery.value.status !== 'delivered')
      return refuse('impossible_step', 'Only what was delivered can be rated.', { field: 'status' })
    return accept(write(delivery.value, { rating, complaint }, 'rate', context))
  },
}

async function loadWorking(tx: CommandReader, courierId: string): Promise<Decision<Courier>> {
  const courier = await tx.load('courier', courierId)
  if (!courier)
    return refuse('invalid_reference', 'The courier named here does not exist (any more).', {
      field: 'courierId',
    })
  if (courier.shift === 'off')
    return refuse('invalid_reference', `${courier.name} is off shift. Choose somebody who is working.`, {
      field: 'courierId',
    })
  return accept(courier)
}
