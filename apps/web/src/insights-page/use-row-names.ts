import type { InsightGroup } from '@fleet/domain'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.ts'
import type { Registry } from '../live/registry.ts'
import { type FigureLink, linkOf } from './figure-links.ts'
import type { Figure, InsightRow } from './figures.ts'
import { hourName } from './hour-name.ts'

export interface RowNames {
  readonly nameOf: (row: Pick<InsightRow, 'key'>) => string
  /** Under the bars of a chart, where there is little room. */
  readonly shortNameOf: (row: Pick<InsightRow, 'key'>) => string
  readonly linkOf: (figure: Figure, row: InsightRow) => FigureLink | null
}

/**
 * What the rows of a group are called, and where their rows are.
 *
 * @param couriers null while they are not known, or where the rows are none
 */
export function useRowNames(group: InsightGroup, couriers: Registry['couriers'] | null): RowNames {
  const { t } = useTranslation()
  const format = useFormat()
  return useMemo(() => {
    const nameBy: Readonly<Record<InsightGroup, (key: string) => string>> = {
      hour: (key) => t('insights.hour', { day: format.dayShort(Number(key)), time: hourName(Number(key)) }),
      day: (key) => format.dayShort(Number(key)),
      courier: (key) => (couriers === null ? '…' : (couriers.get(key)?.name ?? t('insights.formerCourier'))),
      district: (key) => (key === '' ? t('insights.outside') : key),
    }
    return {
      nameOf: ({ key }) => nameBy[group](key),
      shortNameOf: ({ key }) => (group === 'hour' ? hourName(Number(key)) : nameBy[group](key)),
      linkOf: (figure, row) => linkOf(figure, row, group === 'courier' ? couriers?.get(row.key)?.no : null),
    }
  }, [group, couriers, format, t])
}
