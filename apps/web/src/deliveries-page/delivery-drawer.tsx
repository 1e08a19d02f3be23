import { type Delivery, type DeliveryEvent, deliverySizes, priorities, type Stop } from '@fleet/domain'
import { Button, Menu, NativeSelect } from '@mantine/core'
import { IconDots, IconPencil } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '../actions/use-actions.ts'
import { useMay } from '../app/session.ts'
import { DetailDrawer } from '../drawer/detail-drawer.tsx'
import { InlineField } from '../fields/inline-field.tsx'
import { useFormat } from '../i18n/format.ts'
import { useServerNow } from '../live/live-hooks.ts'
import type { Registry } from '../live/registry.ts'
import { DetailSection } from '../drawer/detail-section.tsx'
import { editAction, possibleSteps } from './delivery-actions.ts'
import { CustomerSection } from './customer-section.tsx'
import { draftOf } from './delivery-draft.ts'
import { DeliveryForm, type DeliveryFormResult } from './delivery-form.tsx'
import { DeliveryStatusMark, PriorityMark } from './delivery-status-mark.tsx'
import { useDeliverySteps } from './delivery-steps.tsx'
import { DeliveryTimeline } from './delivery-timeline.tsx'
import { latenessOf } from './lateness.ts'
import { ProofSection } from './proof-section.tsx'
import styles from './delivery-drawer.module.css'

interface DeliveryDrawerProps {
  readonly delivery: Delivery
  readonly couriers: Registry['couriers']
  readonly takeFocus: boolean
  readonly onClose: () => void
}

/** The step that most often comes next, by status. */
const nextStep: Readonly<Partial<Record<Delivery['status'], DeliveryEvent>>> = {
  unassigned: 'assign',
  assigned: 'pick_up',
  picked_up: 'deliver',
  failed: 'retry',
}

/** Everything about one delivery, and every step that it can take. */
export function DeliveryDrawer({ delivery, couriers, takeFocus, onClose }: DeliveryDrawerProps) {
  const { t } = useTranslation()
  const run = useAction()
  const mayEdit = useMay('updateDelivery')
  const [editing, setEditing] = useState(false)
  const isOver = delivery.status === 'delivered' || delivery.status === 'cancelled'
  const readOnly = !mayEdit || isOver
  const save = async (result: DeliveryFormResult) => {
    const { ok } = await run(editAction(t, delivery, result, t('delivery.what.all')))
    if (ok) setEditing(false)
  }
  return (
    <DetailDrawer
      label={t('delivery.label', { code: delivery.code })}
      title={delivery.code}
      takeFocus={takeFocus}
      subtitle={
        <>
          <DeliveryStatusMark status={delivery.status} />
          <PriorityMark priority={delivery.priority} />
        </>
      }
      actions={!editing && <StepButtons delivery={delivery} mayStep={mayEdit} />}
      onClose={onClose}
    >
      {editing ? (
        <DeliveryForm
          initial={draftOf(delivery)}
          submit={t('form.save')}
          onSubmit={save}
          onCancel={() => setEditing(false)}
        />
      ) : (
        <>
          {delivery.failureReason !== null && (
            <p className={styles.failure} role="note">
              {t('delivery.failedBecause', { reason: delivery.failureReason })}
            </p>
          )}
          <CourierSection delivery={delivery} couriers={couriers} />
          <StopSection kind="pickup" delivery={delivery} readOnly={readOnly} />
          <StopSection kind="dropoff" delivery={delivery} readOnly={readOnly} />
          <ParcelSection delivery={delivery} readOnly={readOnly} />
          {!readOnly && (
            <div className={styles.edit}>
              <Button
                variant="default"
                size="xs"
                leftSection={<IconPencil size={15} aria-hidden />}
                onClick={() => setEditing(true)}
              >
                {t('delivery.editAll')}
              </Button>
            </div>
          )}
          <CustomerSection delivery={delivery} readOnly={readOnly} />
          <ProofSection delivery={delivery} />
          <DeliveryTimeline delivery={delivery} couriers={couriers} />
        </>
      )}
    </DetailDrawer>
  )
}

function StepButtons({ delivery, mayStep }: { delivery: Delivery; mayStep: boolean }) {
  const { t } = useTranslation()
  const steps = useDeliverySteps()
  if (!mayStep) return null
  const possible = possibleSteps(delivery)
  const next = nextStep[delivery.status]
  const others = possible.filter((event) => event !== next)
  return (
    <>
      {next !== undefined && (
        <Button size="xs" onClick={() => steps.take([delivery], next)}>
          {t(`delivery.step.${next}`)}
        </Button>
      )}
      {others.length > 0 && (
        <Menu position="bottom-end" shadow="md" withinPortal>
          <Menu.Target>
            <Button size="xs" variant="default" px={8} aria-label={t('delivery.moreSteps')}>
              <IconDots size={16} aria-hidden />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {others.map((event) => (
              <Menu.Item key={event} onClick={() => steps.take([delivery], event)}>
                {t(
                  event === 'assign' && delivery.courierId !== null
                    ? 'delivery.step.handover'
                    : `delivery.step.${event}`,
                )}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </>
  )
}

function CourierSection({ delivery, couriers }: Pick<DeliveryDrawerProps, 'delivery' | 'couriers'>) {
  const { t } = useTranslation()
  const courier = delivery.courierId === null ? undefined : couriers.get(delivery.courierId)
  return (
    <DetailSection title={t('delivery.column.courier')}>
      {courier === undefined ? (
        <p className={styles.quiet}>{t('delivery.nobody')}</p>
      ) : (
        <p className={styles.courier}>
          <strong>{courier.name}</strong>
          {courier.phone !== '' && (
            <a href={`tel:${courier.phone.replace(/[^\d+]/g, '')}`}>{courier.phone}</a>
          )}
        </p>
      )}
    </DetailSection>
  )
}

interface StopSectionProps {
  readonly kind: 'pickup' | 'dropoff'
  readonly delivery: Delivery
  readonly readOnly: boolean
}

function StopSection({ kind, delivery, readOnly }: StopSectionProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const run = useAction()
  const nowMs = useServerNow(15_000)
  const stop: Stop = delivery[kind]
  const { fromMs, toMs } = stop.window
  const late = kind === 'dropoff' && latenessOf(delivery, nowMs) === 'late'
  const save = (patch: Partial<Stop>, what: string) =>
    void run(editAction(t, delivery, { [kind]: { ...stop, ...patch } }, what))
  return (
    <DetailSection title={t(`detail.${kind}`)}>
      <p className={styles.address}>{stop.address}</p>
      <p className={styles.window} data-late={late}>
        {format.dayShort(fromMs)} {t('detail.window', { from: format.time(fromMs), to: format.time(toMs) })}
        {late && ` · ${t('delivery.late', { age: format.duration(nowMs - toMs) })}`}
      </p>
      <dl className={styles.fields}>
        <dt>{t('form.contact')}</dt>
        <dd>
          <InlineField
            label={t('form.contact')}
            value={stop.contact}
            maxLength={120}
            readOnly={readOnly}
            onSave={(contact) => save({ contact }, t('delivery.what.contact'))}
          />
        </dd>
        <dt>{t('form.note')}</dt>
        <dd>
          <InlineField
            label={t('form.note')}
            value={stop.note}
            maxLength={2000}
            readOnly={readOnly}
            onSave={(note) => save({ note }, t('delivery.what.note'))}
          />
        </dd>
      </dl>
    </DetailSection>
  )
}

function ParcelSection({ delivery, readOnly }: Pick<StopSectionProps, 'delivery' | 'readOnly'>) {
  const { t } = useTranslation()
  const run = useAction()
  return (
    <DetailSection title={t('delivery.parcel')}>
      <div className={styles.parcel}>
        <NativeSelect
          size="xs"
          label={t('delivery.column.size')}
          disabled={readOnly}
          value={delivery.size}
          onChange={(event) => {
            const size = event.currentTarget.value as Delivery['size']
            void run(editAction(t, delivery, { size }, t('delivery.what.size')))
          }}
          data={deliverySizes.map((size) => ({ value: size, label: t(`size.${size}`) }))}
        />
        <NativeSelect
          size="xs"
          label={t('delivery.column.priority')}
          disabled={readOnly}
          value={delivery.priority}
          onChange={(event) => {
            const priority = event.currentTarget.value as Delivery['priority']
            void run(editAction(t, delivery, { priority }, t('delivery.what.priority')))
          }}
          data={priorities.map((priority) => ({ value: priority, label: t(`priority.${priority}`) }))}
        />
      </div>
    </DetailSection>
  )
}
