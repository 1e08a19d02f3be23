import { mostCommandsAtOnce } from '@fleet/api'
import { type Delivery, priorities } from '@fleet/domain'
import { Button, CloseButton, Menu } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useAction } from '../actions/use-actions.ts'
import { useServices } from '../app/services.ts'
import { useMay } from '../app/session.ts'
import { useFormat } from '../i18n/format.ts'
import { bulkPriorityAction, commonSteps } from './delivery-actions.ts'
import { useDeliverySteps } from './delivery-steps.tsx'
import styles from './bulk-bar.module.css'

/** What it covers at the bottom of the page, with some air. */
export const bulkBarPx = 64

interface BulkBarProps {
  readonly deliveries: readonly Delivery[]
  readonly onExport: () => void
  readonly onClear: () => void
}

/** What can be done to everything that is selected. Only what every one of them allows is there. */
export function BulkBar({ deliveries, onExport, onClear }: BulkBarProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const run = useAction()
  const { toasts } = useServices()
  const steps = useDeliverySteps()
  const mayChange = useMay('bulk')
  const changeable = deliveries.every(({ status }) => status !== 'delivered' && status !== 'cancelled')
  return (
    <div className={styles.bar} role="region" aria-label={t('bulk.label')}>
      <strong aria-live="polite">
        {t('bulk.selected', { count: deliveries.length, formatted: format.number(deliveries.length) })}
      </strong>
      {mayChange &&
        commonSteps(deliveries).map((event) => (
          <Button
            key={event}
            size="compact-sm"
            variant={event === 'assign' ? 'filled' : 'default'}
            onClick={() => steps.take(deliveries, event)}
          >
            {t(`delivery.step.${event}`)}
          </Button>
        ))}
      {mayChange && changeable && (
        <Menu position="top" shadow="md">
          <Menu.Target>
            <Button size="compact-sm" variant="default">
              {t('delivery.column.priority')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {priorities.map((priority) => (
              <Menu.Item
                key={priority}
                onClick={() => {
                  if (deliveries.length > mostCommandsAtOnce)
                    toasts.show({ tone: 'failed', text: t('delivery.tooMany', { most: mostCommandsAtOnce }) })
                  else void run(bulkPriorityAction(t, deliveries, priority))
                }}
              >
                {t(`priority.${priority}`)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconDownload size={15} aria-hidden />}
        onClick={onExport}
      >
        {t('csv.exportShort')}
      </Button>
      <CloseButton size="sm" aria-label={t('bulk.clear')} onClick={onClear} />
    </div>
  )
}
