import type { Delivery } from '@fleet/domain'
import { Button, Switch } from '@mantine/core'
import { IconLink, IconLinkOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useAction } from '../actions/use-actions.ts'
import { rowsKey, useServices } from '../app/services.ts'
import { useMay } from '../app/session.ts'
import { DetailSection } from '../drawer/detail-section.tsx'
import { editAction } from './delivery-actions.ts'
import styles from './delivery-drawer.module.css'

/** What the customer is given: a link that shows this delivery only, and a PIN to tell the courier. */
export function CustomerSection({ delivery, readOnly }: { delivery: Delivery; readOnly: boolean }) {
  const { t } = useTranslation()
  const { api, toasts } = useServices()
  const run = useAction()
  const mayShare = useMay('shareDelivery')
  const { data } = useQuery({
    queryKey: [rowsKey, 'pin', delivery.id],
    enabled: mayShare && delivery.pinRequired,
    queryFn: ({ signal }) => api.call('getDeliveryPin', { params: { id: delivery.id }, signal }),
  })
  if (!mayShare) return null
  const share = async () => {
    const outcome = await run({
      route: 'shareDelivery',
      input: { params: { id: delivery.id } },
      done: t('customer.linkMade', { code: delivery.code }),
      undoable: false,
      quiet: true,
      pageOnly: true,
    })
    if (!outcome.ok) return
    const link = new URL(outcome.value.path, location.href).href
    try {
      await navigator.clipboard.writeText(link)
      toasts.show({ tone: 'done', text: t('customer.linkCopied', { code: delivery.code }), detail: link })
    } catch {
      toasts.show({ tone: 'failed', text: t('palette.linkNotCopied'), detail: link })
    }
  }
  const unshare = () =>
    void run({
      route: 'unshareDelivery',
      input: { params: { id: delivery.id } },
      done: t('customer.linkTakenBack', { code: delivery.code }),
      undoable: false,
    })
  return (
    <DetailSection title={t('customer.title')}>
      <div className={styles.customer}>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconLink size={15} aria-hidden />}
          onClick={() => void share()}
        >
          {t('customer.copyLink')}
        </Button>
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          leftSection={<IconLinkOff size={15} aria-hidden />}
          onClick={unshare}
        >
          {t('customer.takeBackLink')}
        </Button>
      </div>
      <div className={styles.pin}>
        <Switch
          size="sm"
          label={t('customer.pinRequired')}
          disabled={readOnly}
          checked={delivery.pinRequired}
          onChange={(event) =>
            void run(
              editAction(t, delivery, { pinRequired: event.currentTarget.checked }, t('delivery.what.pin')),
            )
          }
        />
        {delivery.pinRequired && data !== undefined && (
          <span>
            {t('customer.pin')} <strong>{data.pin}</strong>
          </span>
        )}
      </div>
      {delivery.pinFailures > 0 && (
        <p className={styles.pinFailures}>{t('customer.pinFailures', { count: delivery.pinFailures })}</p>
      )}
    </DetailSection>
  )
}
