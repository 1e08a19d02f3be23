import { mostCommandsAtOnce } from '@fleet/api'
import type { Courier, Delivery, DeliveryEvent } from '@fleet/domain'
import { createContext, type ReactNode, use, useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useServices } from '../app/services.ts'
import { useAction } from '../actions/use-actions.ts'
import { AssignDialog } from './assign-dialog.tsx'
import {
  bulkMoveAction,
  bulkStepAction,
  type DeliveryStep,
  moveAction,
  stepAction,
} from './delivery-actions.ts'
import { ReasonDialog } from './reason-dialog.tsx'

export interface DeliverySteps {
  /** Takes a step, and asks first for what it needs: a courier, a reason. One delivery or many, undone at once. */
  readonly take: (deliveries: readonly Delivery[], event: DeliveryEvent) => void
  /** For whoever dropped them on a courier. */
  readonly assign: (deliveries: readonly Delivery[], courier: Courier) => void
  /** Makes their windows so much later, or earlier. */
  readonly move: (deliveries: readonly Delivery[], deltaMs: number) => void
}

const DeliveryStepsContext = createContext<DeliverySteps | null>(null)

export function useDeliverySteps(): DeliverySteps {
  const steps = use(DeliveryStepsContext)
  if (steps === null) throw new Error('useDeliverySteps outside DeliveryStepsProvider')
  return steps
}

/** Around every page on which deliveries can be stepped; holds the two dialogs. */
export function DeliveryStepsProvider({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  const run = useAction()
  const { toasts } = useServices()
  const [asking, setAsking] = useState<{ deliveries: readonly Delivery[]; event: DeliveryEvent } | null>(null)

  const areTooMany = useCallback(
    (deliveries: readonly Delivery[]) => {
      if (deliveries.length <= mostCommandsAtOnce) return false
      toasts.show({ tone: 'failed', text: t('delivery.tooMany', { most: mostCommandsAtOnce }) })
      return true
    },
    [toasts, t],
  )
  const send = useCallback(
    (deliveries: readonly Delivery[], step: DeliveryStep) => {
      setAsking(null)
      if (deliveries.length === 0 || areTooMany(deliveries)) return
      if (deliveries.length === 1) void run(stepAction(t, deliveries[0]!, step))
      else void run(bulkStepAction(t, deliveries, step))
    },
    [run, areTooMany, t],
  )
  const steps = useMemo(
    (): DeliverySteps => ({
      take: (deliveries, event) => {
        if (event === 'assign' || event === 'fail' || event === 'cancel') setAsking({ deliveries, event })
        else send(deliveries, { event })
      },
      assign: (deliveries, courier) =>
        send(
          deliveries.filter(({ courierId }) => courierId !== courier.id),
          { event: 'assign', courier },
        ),
      move: (deliveries, deltaMs) => {
        if (deltaMs === 0 || deliveries.length === 0 || areTooMany(deliveries)) return
        if (deliveries.length === 1) void run(moveAction(t, deliveries[0]!, deltaMs))
        else void run(bulkMoveAction(t, deliveries, deltaMs))
      },
    }),
    [send, areTooMany, run, t],
  )
  const close = () => setAsking(null)
  const subject =
    asking === null
      ? ''
      : asking.deliveries.length === 1
        ? asking.deliveries[0]!.code
        : t('delivery.count', { count: asking.deliveries.length })
  return (
    <DeliveryStepsContext value={steps}>
      {children}
      {asking?.event === 'assign' && (
        <AssignDialog
          deliveries={asking.deliveries}
          onChoose={(courier) => steps.assign(asking.deliveries, courier)}
          onClose={close}
        />
      )}
      {(asking?.event === 'fail' || asking?.event === 'cancel') && (
        <ReasonDialog
          title={t(`reason.title.${asking.event}`, { subject })}
          submit={t(`delivery.step.${asking.event}`)}
          required={asking.event === 'fail'}
          onSubmit={(reason) => send(asking.deliveries, { event: asking.event as 'fail' | 'cancel', reason })}
          onClose={close}
        />
      )}
    </DeliveryStepsContext>
  )
}
