import {
  accept,
  deliveryTransitions,
  refuse,
  step,
  stepTakenAtMs,
  type Decision,
  type Delivery,
  type DeliveryEvent,
  type StepTaken,
  type TimelineEntry,
} from '@fleet/domain'
import { changed, type HandlerContext, type Writes } from './handler.ts'

/** What a line of the timeline says besides who did what. */
interface Details {
  readonly note?: string
  /** Left out: now. Epoch ms. */
  readonly atMs?: number
}

/** The delivery one step on in its state table, or a refusal that names the steps that are possible. */
export function advance(
  delivery: Delivery,
  event: DeliveryEvent,
  patch: Partial<Delivery>,
  context: HandlerContext,
  details: Details = {},
): Decision<Writes> {
  const status = step('delivery', deliveryTransitions, delivery.status, event)
  if (!status.ok) return status
  return accept(write(delivery, { ...patch, status: status.value }, event, context, details))
}

/** The same for a step that couriers take, who may have taken it a while ago. Nobody else says when it was. */
export function advanceTaken(
  delivery: Delivery,
  event: DeliveryEvent,
  patch: Partial<Delivery>,
  context: HandlerContext,
  { happenedAtMs }: StepTaken,
  note = '',
): Decision<Writes> {
  if (happenedAtMs === undefined) return advance(delivery, event, patch, context, { note })
  if (!context.byCourier)
    return refuse(
      'forbidden',
      'Only a courier’s own phone says when a step was taken. Leave out happenedAtMs.',
      { field: 'happenedAtMs' },
    )
  const atMs = stepTakenAtMs(delivery, happenedAtMs, context.nowMs)
  return advance(delivery, event, patch, context, { note, atMs })
}

/** The delivery with the patch, and a line in its timeline that says who did it. */
export function write(
  delivery: Delivery,
  patch: Partial<Delivery>,
  event: TimelineEntry['event'],
  context: HandlerContext,
  details: Details = {},
): Writes {
  const after = { ...delivery, ...patch }
  const timeline = [...delivery.timeline, entry(context, event, after, details)]
  return [{ kind: 'delivery', change: 'update', entity: changed(delivery, { ...patch, timeline }, context) }]
}

export function entry(
  { nowMs, actor }: HandlerContext,
  event: TimelineEntry['event'],
  { status, courierId }: Pick<Delivery, 'status' | 'courierId'>,
  { note = '', atMs = nowMs }: Details = {},
): TimelineEntry {
  return { atMs, actor: actor.name, event, status, courierId, note }
}
