import { type BikeStatus, bikeStatuses } from '@fleet/domain'
import { CloseButton, NativeSelect, TextInput, UnstyledButton } from '@mantine/core'
import { IconChevronDown, IconChevronUp, IconSearch } from '@tabler/icons-react'
import { memo, type Ref, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.ts'
import { EmptyFleet, NoMatch, RowSkeletons } from './fleet-list-states.tsx'
import { FleetRowList } from './fleet-row-list.tsx'
import type { FleetRows } from './fleet-rows.ts'
import { type LiveSearch, parseStatuses, type SortOrder, sortOrders, toggleStatus } from './live-search.ts'
import { StatusIcon } from './status-icon.tsx'
import styles from './fleet-list.module.css'

interface FleetListProps {
  readonly rows: FleetRows
  readonly loading: boolean
  readonly search: LiveSearch
  readonly selectedNo: number | null
  readonly searchRef: Ref<HTMLInputElement>
  readonly onSearch: (patch: Partial<Record<keyof LiveSearch, string | undefined>>) => void
  readonly onOpen: (bikeNo: number, byKeyboard: boolean) => void
  readonly onHover: (bikeNo: number | null) => void
}

const sortLabels = { code: 'list.sortCode', seen: 'list.sortSeen', battery: 'list.sortBattery' } as const

/** The fleet by name: search, filters with counts, and every bike in a list. On a phone, a sheet from below. */
export const FleetList = memo(function FleetList({ searchRef, ...props }: FleetListProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const { rows, search, onSearch } = props
  const [expanded, setExpanded] = useState(false)
  const statuses = parseStatuses(search.status)
  const filtered = search.q !== undefined || statuses.length > 0
  return (
    <aside className={styles.panel} aria-label={t('list.label')} data-expanded={expanded}>
      <UnstyledButton
        className={styles.handle}
        aria-expanded={expanded}
        aria-label={t(expanded ? 'list.collapse' : 'list.expand')}
        onClick={() => setExpanded(!expanded)}
      >
        {expanded ? <IconChevronDown size={18} aria-hidden /> : <IconChevronUp size={18} aria-hidden />}
      </UnstyledButton>
      <div className={styles.top}>
        <div className={styles.heading}>
          <h1>{t('list.title')}</h1>
          <span className={styles.total}>
            {props.loading
              ? null
              : filtered
                ? t('list.shownOf', {
                    shown: format.number(rows.order.length),
                    total: format.number(rows.total),
                  })
                : t('list.bikes', { count: rows.total, formatted: format.number(rows.total) })}
          </span>
          <label className={styles.sort}>
            {t('list.sort')}
            <NativeSelect
              size="xs"
              variant="unstyled"
              value={search.sort ?? 'code'}
              onChange={(event) => {
                const sort = event.currentTarget.value as SortOrder
                onSearch({ sort: sort === 'code' ? undefined : sort })
              }}
              data={sortOrders.map((order) => ({ value: order, label: t(sortLabels[order]) }))}
            />
          </label>
        </div>
        <search>
          <TextInput
            ref={searchRef}
            size="sm"
            type="search"
            aria-label={t('list.search')}
            aria-keyshortcuts="/"
            placeholder={t('list.searchPlaceholder')}
            leftSection={<IconSearch size={16} stroke={1.75} aria-hidden />}
            rightSection={
              search.q === undefined ? (
                <kbd className={styles.key} aria-hidden>
                  /
                </kbd>
              ) : (
                <CloseButton
                  size="sm"
                  aria-label={t('list.clearSearch')}
                  onClick={() => onSearch({ q: undefined })}
                />
              )
            }
            value={search.q ?? ''}
            onChange={(event) => onSearch({ q: event.currentTarget.value })}
          />
        </search>
        <div className={styles.filters} role="group" aria-label={t('list.filters')}>
          {bikeStatuses.map((status) => (
            <Filter
              key={status}
              status={status}
              label={t(`bikeStatus.${status}`)}
              count={props.loading ? null : rows.counts[status]}
              on={statuses.includes(status)}
              onToggle={() => onSearch({ status: toggleStatus(search.status, status) })}
            />
          ))}
        </div>
      </div>
      {props.loading ? (
        <RowSkeletons />
      ) : rows.total === 0 ? (
        <EmptyFleet />
      ) : rows.order.length === 0 ? (
        <NoMatch onReset={() => onSearch({ q: undefined, status: undefined })} />
      ) : (
        <FleetRowList
          order={rows.order}
          selectedNo={props.selectedNo}
          onOpen={props.onOpen}
          onHover={props.onHover}
        />
      )}
    </aside>
  )
})

interface FilterProps {
  readonly status: BikeStatus
  readonly label: string
  /** null until the fleet is known: a zero would be a lie. */
  readonly count: number | null
  readonly on: boolean
  readonly onToggle: () => void
}

function Filter({ status, label, count, on, onToggle }: FilterProps) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <UnstyledButton
      className={styles.filter}
      aria-pressed={on}
      aria-label={
        count === null ? label : t('list.filterCount', { status: label, bikes: format.number(count) })
      }
      onClick={onToggle}
    >
      <StatusIcon status={status} size={14} />
      <span>{label}</span>
      {count !== null && <span className={styles.count}>{format.number(count)}</span>}
    </UnstyledButton>
  )
}
