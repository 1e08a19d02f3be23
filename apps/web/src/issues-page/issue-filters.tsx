import { useTranslation } from 'react-i18next'
import { FilterMenu, type FilterTag } from '../list-page/filter-menu.tsx'
import { RecordSelect } from '../list-page/record-select.tsx'
import { SpanField, useSpanText } from '../list-page/span-field.tsx'
import type { Registry } from '../live/registry.ts'
import type { IssuesSearch } from './issues-search.ts'

interface IssueFiltersProps {
  readonly search: Pick<IssuesSearch, 'reported' | 'courier'>
  readonly couriers: Registry['couriers']
  readonly onSearch: (patch: { reported?: string | undefined; courier?: string | undefined }) => void
}

/** The filters that few need each day: when it was reported, and whom it is about. */
export function IssueFilters({ search, couriers, onSearch }: IssueFiltersProps) {
  const { t } = useTranslation()
  const spanText = useSpanText()
  const { reported, courier } = search
  const choices = [...couriers.values()]
    .map(({ no, name }) => ({ value: String(no), label: name }))
    .sort((a, b) => a.label.localeCompare(b.label))
  const tags: FilterTag[] = [
    ...(reported === undefined
      ? []
      : [{ id: 'reported', label: t('filter.reportedIn', { span: spanText(reported) }) }]),
    ...(courier === undefined
      ? []
      : [{ id: 'courier', label: choices.find(({ value }) => value === courier)?.label ?? courier }]),
  ]
  return (
    <FilterMenu tags={tags} onRemove={(id) => onSearch({ [id]: undefined })}>
      <SpanField
        label={t('filter.reported')}
        span={reported}
        onChange={(span) => onSearch({ reported: span })}
      />
      <RecordSelect
        label={t('filter.courier')}
        placeholder={t('delivery.everybody')}
        value={courier ?? null}
        data={choices}
        onChange={(no) => onSearch({ courier: no ?? undefined })}
      />
    </FilterMenu>
  )
}
