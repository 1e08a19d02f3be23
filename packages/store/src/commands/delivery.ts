import {
  accept,
  deliveryTransitions,
  refuse,
  step,
  type Courier,
  type Decision,
  type Delivery,
  type DeliveryEvent,
  type TimelineEntry,
} from '@fleet/domain'
import {
  changed,
  checkIdIsNew,
  createdBy,
  loadExpected,
  type CommandReader,
  type HandlerContext,
  type HandlersOf,
  type Writes,
} from './handler.ts'

export const deliveryHandlers: HandlersOf<'delivery'> = {
  async 'delivery.create'(tx, { id, pickup, dropoff, size, priority }, context) {
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
    return write(delivery.value, patch, 'edit', context)
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

  async 'delivery.pick_up'(tx, { id, expectedVersion }, context) {
    const delivery = await loadExpected(tx, 'delivery', id, expectedVersion)
    if (!delivery.ok) return delivery
    return advance(delivery.value, 'pick_up', {}, context)
  },

  async 'delivery.deliver'(tx, { id, expectedVersion }, context) {
    const delivery = await loadExpected(tx, 'delivery', id, expectedVersion)
    if (!delivery.ok) return delivery
    return advance(delivery.value, 'deliver', {}, context)
  },

  async 'delivery.fail'(tx, { id, expectedVersion, reason }, context) {
    const delivery = await loadExpected(tx, 'delivery', id, expectedVersion)
    if (!delivery.ok) return delivery
    return advance(delivery.value, 'fail', { failureReason: reason }, context, reason)
  },

  async 'delivery.retry'(tx, { id, expectedVersion }, context) {
    const delivery = await loadExpected(tx, 'delivery', id, expectedVersion)
    if (!delivery.ok) return delivery
    return advance(delivery.value, 'retry', { courierId: null, failureReason: null }, context)
  },

  async 'delivery.cancel'(tx, { id, expectedVersion, reason }, context) {
    const delivery = await loadExpected(tx, 'delivery', id, expectedVersion)
    if (!delivery.ok) return delivery
    return advance(delivery.value, 'cancel', {}, context, reason)
  },

  async 'delivery.rate'(tx, { id, expectedVersion, rating, complaint }, context) {
    const delivery = await loadExpected(tx, 'delivery', id, expectedVersion)
    if (!delivery.ok) return delivery
    if (delivery.value.status !== 'delivered')
      return refuse('impossible_step', 'Only what was delivered can be rated.', { field: 'status' })
    return write(delivery.value, { rating, complaint }, 'rate', context)
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

function advance(
  delivery: Delivery,
  event: DeliveryEvent,
  patch: Partial<Delivery>,
  context: HandlerContext,
  note = '',
): Decision<Writes> {
  const status = step('delivery', deliveryTransitions, delivery.status, event)
  if (!status.ok) return status
  return write(delivery, { ...patch, status: status.value }, event, context, note)
}

function write(
  delivery: Delivery,
  patch: Partial<Delivery>,
  event: TimelineEntry['event'],
  context: HandlerContext,
  note = '',
): Decision<Writes> {
  const after = { ...delivery, ...patch }
  const timeline = [...delivery.timeline, entry(context, event, after, note)]
  return accept([
    { kind: 'delivery', change: 'update', entity: changed(delivery, { ...patch, timeline }, context) },
  ])
}

function entry(
  { nowMs, actor }: HandlerContext,
  event: TimelineEntry['event'],
  { status, courierId }: Pick<Delivery, 'status' | 'courierId'>,
  note = '',
): TimelineEntry {
  return { atMs: nowMs, actor: actor.name, event, status, courierId, note }
}
