import type { BulkCommand, CallOutput, RouteName } from '@fleet/api'
import {
  type Courier,
  type Delivery,
  type DeliveryEvent,
  deliveryTransitions,
  possibleEvents,
  type Priority,
} from '@fleet/domain'
import type { TFunction } from 'i18next'
import type { Action } from '../actions/action.ts'
import { pendingChange } from '../live/pending-changes.ts'
import { movedWindows } from './lane-moves.ts'

/** What may be changed of a delivery without a step. */
export type DeliveryPatch = Partial<
  Pick<Delivery, 'pickup' | 'dropoff' | 'size' | 'priority' | 'pinRequired'>
>

/** One step of a delivery with what it needs. */
export type DeliveryStep =
  | { readonly event: 'assign'; readonly courier: Courier }
  | { readonly event: 'fail' | 'cancel'; readonly reason: string }
  | { readonly event: 'unassign' | 'pick_up' | 'deliver' | 'retry' }

export const possibleSteps = (delivery: Delivery): readonly DeliveryEvent[] =>
  possibleEvents(deliveryTransitions, delivery.status)

/** The steps that every one of them can take. */
export function commonSteps(deliveries: readonly Delivery[]): readonly DeliveryEvent[] {
  const [first, ...others] = deliveries
  if (first === undefined) return []
  return possibleSteps(first).filter((event) =>
    others.every((delivery) => deliveryTransitions[delivery.status][event] !== null),
  )
}

/** The step that leads from one status to another; null when there is none. A handover leads nowhere else. */
export function stepBetween(delivery: Delivery, status: Delivery['status']): DeliveryEvent | null {
  if (delivery.status === status) return null
  return (
    possibleSteps(delivery).find((event) => deliveryTransitions[delivery.status][event] === status) ?? null
  )
}

/** The row as it will be once the server agrees. */
export function afterStep(delivery: Delivery, step: DeliveryStep): Delivery {
  const status = deliveryTransitions[delivery.status][step.event] ?? delivery.status
  switch (step.event) {
    case 'assign':
      return { ...delivery, status, courierId: step.courier.id }
    case 'unassign':
      return { ...delivery, status, courierId: null }
    case 'retry':
      return { ...delivery, status, courierId: null, failureReason: null }
    case 'fail':
      return { ...delivery, status, failureReason: step.reason }
    case 'pick_up':
    case 'deliver':
    case 'cancel':
      break
  }
  return { ...delivery, status }
}

const stepRoutes = {
  assign: 'assignDelivery',
  unassign: 'unassignDelivery',
  pick_up: 'pickUpDelivery',
  deliver: 'deliverDelivery',
  fail: 'failDelivery',
  retry: 'retryDelivery',
  cancel: 'cancelDelivery',
} as const satisfies Record<DeliveryEvent, RouteName>
type StepRoute = (typeof stepRoutes)[DeliveryEvent]

/** What a person reads when it is done: "D-000123 assigned to Eva Jansen", "12 deliveries cancelled". */
function doneSentence(t: TFunction, deliveries: readonly Delivery[], step: DeliveryStep): string {
  const subject = nameOf(t, deliveries)
  return step.event === 'assign'
    ? t('delivery.done.assign', { subject, courier: step.courier.name })
    : t(`delivery.done.${step.event}`, { subject })
}

const nameOf = (t: TFunction, deliveries: readonly Delivery[]): string =>
  deliveries.length === 1 ? deliveries[0]!.code : t('delivery.count', { count: deliveries.length })

const expectStep = (deliveries: readonly Delivery[], step: DeliveryStep) =>
  deliveries.map((delivery) =>
    pendingChange('delivery', delivery.id, (row) => afterStep(row ?? delivery, step)),
  )

/** One delivery, one step; If-Match is the version that the person sees. */
export function stepAction(t: TFunction, delivery: Delivery, step: DeliveryStep): Action<StepRoute> {
  const body =
    step.event === 'assign'
      ? { courierId: step.courier.id }
      : step.event === 'fail' || step.event === 'cancel'
        ? { reason: step.reason }
        : step.event === 'deliver'
          ? {}
          : undefined
  return {
    route: stepRoutes[step.event],
    input: {
      params: { id: delivery.id },
      ifMatch: delivery.version,
      ...(body === undefined ? {} : { body }),
    },
    done: doneSentence(t, [delivery], step),
    subject: delivery.code,
    expected: expectStep([delivery], step),
    answered: (row: CallOutput<StepRoute>) => [['delivery', row]],
  }
}

/** The same step for many: all of it or nothing, one line in the undo history. */
export function bulkStepAction(
  t: TFunction,
  deliveries: readonly Delivery[],
  step: DeliveryStep,
): Action<'bulk'> {
  const command = (delivery: Delivery): BulkCommand => {
    const row = { id: delivery.id, expectedVersion: delivery.version }
    switch (step.event) {
      case 'assign':
        return { type: 'delivery.assign', ...row, courierId: step.courier.id }
      case 'fail':
        return { type: 'delivery.fail', ...row, reason: step.reason }
      case 'cancel':
        return { type: 'delivery.cancel', ...row, reason: step.reason }
      case 'unassign':
      case 'pick_up':
      case 'deliver':
      case 'retry':
        break
    }
    return { type: `delivery.${step.event}`, ...row }
  }
  return {
    route: 'bulk',
    input: { body: { commands: deliveries.map(command) } },
    done: doneSentence(t, deliveries, step),
    expected: expectStep(deliveries, step),
    answered: ({ items }) => items.map((row) => ['delivery', row] as const),
  }
}

/** @param what changed, in words: "priority", "address of the drop-off" */
export function editAction(
  t: TFunction,
  delivery: Delivery,
  patch: DeliveryPatch,
  what: string,
): Action<'updateDelivery'> {
  return {
    route: 'updateDelivery',
    input: { params: { id: delivery.id }, ifMatch: delivery.version, body: patch },
    done: t('delivery.done.edit', { subject: delivery.code, what }),
    subject: delivery.code,
    expected: [pendingChange('delivery', delivery.id, (row) => ({ ...(row ?? delivery), ...patch }))],
    answered: (row) => [['delivery', row]],
  }
}

function bulkEditAction(
  deliveries: readonly Delivery[],
  patchOf: (delivery: Delivery) => DeliveryPatch,
  done: string,
): Action<'bulk'> {
  return {
    route: 'bulk',
    input: {
      body: {
        commands: deliveries.map((delivery) => ({
          type: 'delivery.update' as const,
          id: delivery.id,
          expectedVersion: delivery.version,
          patch: patchOf(delivery),
        })),
      },
    },
    done,
    expected: deliveries.map((delivery) =>
      pendingChange('delivery', delivery.id, (row) => ({ ...(row ?? delivery), ...patchOf(delivery) })),
    ),
    answered: ({ items }) => items.map((row) => ['delivery', row] as const),
  }
}

export const bulkPriorityAction = (
  t: TFunction,
  deliveries: readonly Delivery[],
  priority: Priority,
): Action<'bulk'> =>
  bulkEditAction(
    deliveries,
    () => ({ priority }),
    t('delivery.done.priority', { subject: nameOf(t, deliveries), priority: t(`priority.${priority}`) }),
  )

const movedSentence = (t: TFunction, deliveries: readonly Delivery[], deltaMs: number): string =>
  t(deltaMs < 0 ? 'delivery.done.earlier' : 'delivery.done.later', {
    subject: nameOf(t, deliveries),
    minutes: Math.abs(Math.round(deltaMs / 60_000)),
  })

/** The windows so much later, or earlier. */
export const moveAction = (t: TFunction, delivery: Delivery, deltaMs: number): Action<'updateDelivery'> => ({
  ...editAction(t, delivery, movedWindows(delivery, deltaMs), ''),
  done: movedSentence(t, [delivery], deltaMs),
})

export const bulkMoveAction = (
  t: TFunction,
  deliveries: readonly Delivery[],
  deltaMs: number,
): Action<'bulk'> =>
  bulkEditAction(
    deliveries,
    (delivery) => movedWindows(delivery, deltaMs),
    movedSentence(t, deliveries, deltaMs),
  )
