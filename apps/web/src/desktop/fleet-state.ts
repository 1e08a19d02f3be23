import type { AttentionItem } from '@fleet/domain'
import type { TFunction } from 'i18next'
import type { Registry } from '../live/registry.ts'
import { isNews } from './news.ts'

/** The fleet in one line, like `12 out, 3 late`, and whether something cannot wait. */
export function fleetState(
  t: TFunction,
  items: readonly AttentionItem[],
  { bikes }: Pick<Registry, 'bikes'>,
): { readonly text: string; readonly urgent: boolean } {
  let out = 0
  for (const { status } of bikes.values()) if (status === 'in_use') out++
  const late = items.filter(({ reason }) => reason.code === 'is_late').length
  return {
    text: t('desktop.state.fleet', { out, late }),
    urgent: late > 0 || items.some((item) => item.kind === 'issue' && isNews(item)),
  }
}
