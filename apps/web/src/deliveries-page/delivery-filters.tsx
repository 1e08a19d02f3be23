import { districtNames } from '@fleet/domain'
import { NativeSelect } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { FilterMenu, type FilterTag } from '../list-page/filter-menu.tsx'
import { FilterChips } from '../list-page/list-toolbar.tsx'
import { SpanField, useSpanText } from '../list-page/span-field.tsx'
import { type DeliveriesSearch, outsideDistricts } from './deliveries-search.ts'

interface DeliveryFiltersProps {
  readonly search: Pick<DeliveriesSearch, 'ended' | 'late' | 'district'>
  readonly onSearch: (
    patch: Partial<Record<'ended' | 'late' | 'district' | 'day', string | undefined>>,
  ) => void
}

/** The filters that few need each day: how it ended, when, and where. */
export function DeliveryFilters({ search, onSearch }: DeliveryFiltersProps) {
  const { t } = useTranslation()
  const spanText = useSpanText()
  const { ended, late, district } = search
  const districtName = (name: string) => (name === outsideDistricts ? t('insights.outside') : name)
  const tags: FilterTag[] = [
    ...(late === undefined ? [] : [{ id: 'late', label: t(`filter.late.${late}`) }]),
    ...(ended === undefined ? [] : [{ id: 'ended', label: t('filter.endedIn', { span: spanText(ended) }) }]),
    ...(district === undefined ? [] : [{ id: 'district', label: districtName(district) }]),
  ]
  return (
    <FilterMenu tags={tags} onRemove={(id) => onSearch({ [id]: undefined })}>
      <FilterChips
        label={t('filter.promise')}
        chips={(['true', 'false'] as const).map((value) => ({ value, label: t(`filter.late.${value}`) }))}
        chosen={late === undefined ? [] : [late]}
        onToggle={(value) => onSearch({ late: value === late ? undefined : value })}
      />
      <SpanField
        label={t('filter.ended')}
        span={ended}
        // A delivery may have been promised for another day than the one on which it ended.
        onChange={(span) => onSearch(span === undefined ? { ended: span } : { ended: span, day: 'all' })}
      />
      <NativeSelect
        size="xs"
        label={t('filter.district')}
        value={district ?? ''}
        onChange={(event) =>
          onSearch({ district: event.currentTarget.value === '' ? undefined : event.currentTarget.value })
        }
        data={[
          { value: '', label: t('filter.everyDistrict') },
          ...[...districtNames, outsideDistricts].map((value) => ({ value, label: districtName(value) })),
        ]}
      />
    </FilterMenu>
  )
}
