import type { Delivery } from '@fleet/domain'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { PaletteEntry } from '../palette/palette-registry.ts'
import type { DeliveriesSearch } from './deliveries-search.ts'
import { commonSteps } from './delivery-actions.ts'
import { useDeliverySteps } from './delivery-steps.tsx'

/** For the palette: what can be done to what is selected or open, and the views. */
export function useDeliveryEntries(
  deliveries: readonly Delivery[],
  mayChange: boolean,
  patch: (change: Partial<Record<keyof DeliveriesSearch, string | undefined>>) => void,
): readonly PaletteEntry[] {
  const { t } = useTranslation()
  const steps = useDeliverySteps()
  return useMemo(() => {
    const subject =
      deliveries.length === 1 ? deliveries[0]!.code : t('delivery.count', { count: deliveries.length })
    return [
      ...(mayChange ? commonSteps(deliveries) : []).map((event): PaletteEntry => ({
        id: `step-${event}`,
        group: 'selection',
        title: t(`delivery.step.${event}`),
        detail: subject,
        run: () => steps.take(deliveries, event),
      })),
      ...(mayChange
        ? [
            {
              id: 'new-delivery',
              group: 'app' as const,
              title: t('delivery.create'),
              shortcut: 'N',
              run: () => patch({ new: '1', d: undefined }),
            },
          ]
        : []),
      ...(['list', 'board', 'lanes'] as const).map((view, i): PaletteEntry => ({
        id: `view-${view}`,
        group: 'app',
        title: t(`delivery.view.${view}`),
        detail: t('delivery.view.label'),
        shortcut: String(i + 1),
        run: () => patch({ view: view === 'list' ? undefined : view }),
      })),
    ]
  }, [deliveries, mayChange, patch, steps, t])
}
