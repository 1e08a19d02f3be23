import type { Delivery, DeliveryId } from '@fleet/domain'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '../actions/use-actions.ts'
import { DetailDrawer } from '../drawer/detail-drawer.tsx'
import { useLive } from '../live/live-hooks.ts'
import { newId } from '../new-id.ts'
import { emptyDraft } from './delivery-draft.ts'
import { DeliveryForm, type DeliveryFormResult } from './delivery-form.tsx'

interface NewDeliveryDrawerProps {
  readonly onDone: (delivery: Delivery) => void
  readonly onClose: () => void
}

/** What was typed stays when the server refuses or is away. */
export function NewDeliveryDrawer({ onDone, onClose }: NewDeliveryDrawerProps) {
  const { t } = useTranslation()
  const run = useAction()
  const live = useLive()
  const [initial] = useState(() => emptyDraft(live.serverNowMs()))
  const create = async (result: DeliveryFormResult) => {
    const id = newId<DeliveryId>(live.serverNowMs())
    const outcome = await run({
      route: 'createDelivery',
      input: { body: { id, ...result } },
      done: t('delivery.done.create', { address: result.dropoff.address }),
      answered: (row) => [['delivery', row]],
    })
    if (outcome.ok) onDone(outcome.value)
  }
  return (
    <DetailDrawer label={t('delivery.create')} title={t('delivery.create')} onClose={onClose}>
      <DeliveryForm
        initial={initial}
        submit={t('delivery.createSubmit')}
        onSubmit={create}
        onCancel={onClose}
      />
    </DetailDrawer>
  )
}
