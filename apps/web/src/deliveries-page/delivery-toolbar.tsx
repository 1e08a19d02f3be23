import { deliveryStatuses } from '@fleet/domain'
import { Button, Menu, NativeSelect, SegmentedControl, UnstyledButton } from '@mantine/core'
import {
  IconChevronLeft,
  IconChevronRight,
  IconDots,
  IconDownload,
  IconMap,
  IconPrinter,
  IconUpload,
} from '@tabler/icons-react'
import { memo, type Ref } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../app/session.ts'
import { amsterdamDate, dateAfter } from '../i18n/amsterdam-day.ts'
import { useFormat } from '../i18n/format.ts'
import { FilterChips, ListToolbar } from '../list-page/list-toolbar.tsx'
import { toggleChoice } from '../list-page/search-parameters.ts'
import { useServerNow } from '../live/live-hooks.ts'
import type { Registry } from '../live/registry.ts'
import {
  type DeliveriesSearch,
  type DeliveryView,
  deliveryViews,
  parseDeliveryStatuses,
} from './deliveries-search.ts'
import { DeliveryFilters } from './delivery-filters.tsx'
import { DeliveryStatusMark } from './delivery-status-mark.tsx'
import list from '../list-page/list-toolbar.module.css'
import styles from './delivery-toolbar.module.css'

interface DeliveryToolbarProps {
  readonly search: DeliveriesSearch
  readonly onSearch: (patch: Partial<Record<keyof DeliveriesSearch, string | undefined>>) => void
  readonly searchRef: Ref<HTMLInputElement>
  readonly couriers: Registry['couriers']
  /** How many are listed; null while nobody knows. */
  readonly shown: number | null
  readonly complete: boolean
  /** Null: there is no room for one. */
  readonly mapShown: boolean | null
  readonly onImport: () => void
  readonly onExport: () => void
}

const statusMarks = deliveryStatuses.map((value) => ({ value, label: <DeliveryStatusMark status={value} /> }))

/** What is shown of the deliveries, and how; all of it is in the address. */
export const DeliveryToolbar = memo(function DeliveryToolbar(props: DeliveryToolbarProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const { search, onSearch, shown, couriers, complete, mapShown, onImport, onExport } = props
  const view: DeliveryView = search.view ?? 'list'
  const mayCreate = useMay('createDelivery')
  const count =
    shown === null
      ? null
      : complete
        ? t('delivery.shown', { count: shown, formatted: format.number(shown) })
        : t('delivery.shownSoFar', { formatted: format.number(shown) })
  return (
    <ListToolbar
      title={t('nav.deliveries')}
      count={count}
      searchLabel={t('delivery.search')}
      searchRef={props.searchRef}
      search={search.q}
      onSearch={(q) => onSearch({ q })}
      create={
        mayCreate
          ? { label: t('delivery.create'), onClick: () => onSearch({ new: '1', d: undefined }) }
          : undefined
      }
      views={
        <>
          <SegmentedControl
            size="xs"
            aria-label={t('delivery.view.label')}
            value={view}
            onChange={(value) => onSearch({ view: value === 'list' ? undefined : value })}
            data={deliveryViews.map((value) => ({ value, label: t(`delivery.view.${value}`) }))}
          />
          {mapShown !== null && (
            <UnstyledButton
              className={list.chip}
              aria-pressed={mapShown}
              aria-keyshortcuts="M"
              onClick={() => onSearch({ map: mapShown ? '0' : '1' })}
            >
              <IconMap size={15} stroke={1.75} aria-hidden />
              {t('delivery.map')}
            </UnstyledButton>
          )}
        </>
      }
      more={
        <Menu position="bottom-end" shadow="md">
          <Menu.Target>
            <Button size="xs" variant="default" px={8} aria-label={t('delivery.more')}>
              <IconDots size={16} aria-hidden />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {mayCreate && (
              <Menu.Item leftSection={<IconUpload size={16} aria-hidden />} onClick={onImport}>
                {t('csv.import')}
              </Menu.Item>
            )}
            <Menu.Item leftSection={<IconDownload size={16} aria-hidden />} onClick={onExport}>
              {t('csv.export')}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconPrinter size={16} aria-hidden />}
              // The menu is gone before the browser stands still.
              onClick={() => setTimeout(() => window.print())}
            >
              {t('print.open')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      }
      filters={
        <>
          <DayFilter day={search.day} onSearch={onSearch} />
          <CourierFilter couriers={couriers} courier={search.courier} onSearch={onSearch} />
          <DeliveryFilters search={search} onSearch={onSearch} />
          <FilterChips
            label={t('list.filters')}
            chips={statusMarks}
            chosen={parseDeliveryStatuses(search.status)}
            onToggle={(status) => onSearch({ status: toggleChoice(deliveryStatuses, search.status, status) })}
          />
        </>
      }
    />
  )
})

type OnSearch = DeliveryToolbarProps['onSearch']

const DayFilter = memo(function DayFilter({
  day,
  onSearch,
}: {
  day: string | undefined
  onSearch: OnSearch
}) {
  const { t } = useTranslation()
  const today = amsterdamDate(useServerNow(60_000))
  const shown = day === 'all' ? today : (day ?? today)
  const go = (to: string) => onSearch({ day: to === today ? undefined : to })
  return (
    <div className={styles.day} role="group" aria-label={t('delivery.day.label')}>
      <UnstyledButton
        className={styles.dayStep}
        aria-label={t('delivery.day.before')}
        disabled={day === 'all'}
        onClick={() => go(dateAfter(shown, -1))}
      >
        <IconChevronLeft size={15} aria-hidden />
      </UnstyledButton>
      <input
        type="date"
        aria-label={t('delivery.day.label')}
        disabled={day === 'all'}
        value={shown}
        onChange={(event) => {
          if (event.currentTarget.value !== '') go(event.currentTarget.value)
        }}
      />
      <UnstyledButton
        className={styles.dayStep}
        aria-label={t('delivery.day.after')}
        disabled={day === 'all'}
        onClick={() => go(dateAfter(shown, 1))}
      >
        <IconChevronRight size={15} aria-hidden />
      </UnstyledButton>
      <UnstyledButton
        className={`${list.chip} ${styles.dayAll}`}
        aria-pressed={day === 'all'}
        onClick={() => onSearch({ day: day === 'all' ? undefined : 'all' })}
      >
        {t('delivery.day.all')}
      </UnstyledButton>
    </div>
  )
})

interface CourierFilterProps {
  readonly couriers: Registry['couriers']
  readonly courier: string | undefined
  readonly onSearch: OnSearch
}

const CourierFilter = memo(function CourierFilter({ couriers, courier, onSearch }: CourierFilterProps) {
  const { t } = useTranslation()
  const sorted = [...couriers.values()].sort((a, b) => a.name.localeCompare(b.name))
  return (
    <NativeSelect
      size="xs"
      className={styles.courier}
      aria-label={t('delivery.column.courier')}
      value={courier ?? ''}
      onChange={(event) =>
        onSearch({ courier: event.currentTarget.value === '' ? undefined : event.currentTarget.value })
      }
      data={[
        { value: '', label: t('delivery.everybody') },
        { value: 'none', label: t('delivery.nobodys') },
        ...sorted.map(({ no, name }) => ({ value: String(no), label: name })),
      ]}
    />
  )
})
