import { type ZoneKind, zoneKinds } from '@fleet/domain'
import { Button, CloseButton, Menu, TextInput, UnstyledButton } from '@mantine/core'
import {
  IconChevronDown,
  IconChevronUp,
  IconDots,
  IconDownload,
  IconPlus,
  IconPolygonOff,
  IconSearch,
  IconUpload,
} from '@tabler/icons-react'
import { type Ref, type RefObject, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.ts'
import { FilterChips } from '../list-page/list-toolbar.tsx'
import { Nothing, RowSkeletons } from '../list-page/list-states.tsx'
import { parseChoices, toggleChoice } from '../list-page/search-parameters.ts'
import panel from '../live-page/fleet-list.module.css'
import { type Sort, renderSort, sortAfterClick } from '../table/column.ts'
import { DataTable, type DataTableHandle } from '../table/data-table.tsx'
import { useZoneColumns } from './use-zone-columns.tsx'
import { ZoneSwatch } from './zone-kind-mark.tsx'
import type { ZoneRow, ZoneRows } from './zone-rows.ts'
import type { ZonesSearch } from './zones-search.ts'
import styles from './zones-page.module.css'

interface ZoneListProps {
  readonly rows: ZoneRows
  readonly sort: Sort
  readonly search: ZonesSearch
  readonly loading: boolean
  readonly openId: string | null
  readonly tableRef: Ref<DataTableHandle>
  readonly searchRef: RefObject<HTMLInputElement | null>
  readonly onSearch: (change: { readonly [K in keyof ZonesSearch]?: ZonesSearch[K] | undefined }) => void
  readonly onOpen: (row: ZoneRow, byKeyboard: boolean) => void
  /** Left out for whoever may not. */
  readonly onCreate: (() => void) | undefined
  readonly onImport: (() => void) | undefined
  readonly onExport: () => void
}

/** The zones by name, beside the map. On a phone, a sheet from below. */
export function ZoneList({
  rows,
  sort,
  search,
  loading,
  tableRef,
  searchRef,
  onSearch,
  ...props
}: ZoneListProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const columns = useZoneColumns()
  const [expanded, setExpanded] = useState(false)
  const filtered = search.q !== undefined || search.kind !== undefined
  const count = rows.rows.length
  return (
    <aside className={panel.panel} aria-label={t('nav.zones')} data-expanded={expanded}>
      <UnstyledButton
        className={panel.handle}
        aria-expanded={expanded}
        aria-label={t(expanded ? 'list.collapse' : 'list.expand')}
        onClick={() => setExpanded(!expanded)}
      >
        {expanded ? <IconChevronDown size={18} aria-hidden /> : <IconChevronUp size={18} aria-hidden />}
      </UnstyledButton>
      <div className={panel.top}>
        <div className={styles.heading}>
          <h1>{t('nav.zones')}</h1>
          <span className={panel.total} role="status">
            {loading ? null : t('zone.zones', { count, formatted: format.number(count) })}
          </span>
          {props.onCreate !== undefined && (
            <Button
              size="xs"
              leftSection={<IconPlus size={16} aria-hidden />}
              aria-keyshortcuts="N"
              onClick={props.onCreate}
            >
              {t('zone.create')}
            </Button>
          )}
          <Menu position="bottom-end" shadow="md" withinPortal>
            <Menu.Target>
              <Button size="xs" variant="default" px={8} aria-label={t('zone.moreAll')}>
                <IconDots size={16} aria-hidden />
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {props.onImport !== undefined && (
                <Menu.Item leftSection={<IconUpload size={16} aria-hidden />} onClick={props.onImport}>
                  {t('geojson.import')}
                </Menu.Item>
              )}
              <Menu.Item leftSection={<IconDownload size={16} aria-hidden />} onClick={props.onExport}>
                {t('geojson.export')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </div>
        <search>
          <TextInput
            ref={searchRef}
            size="xs"
            type="search"
            aria-label={t('zone.search')}
            aria-keyshortcuts="/"
            placeholder={t('zone.search')}
            leftSection={<IconSearch size={15} stroke={1.75} aria-hidden />}
            rightSection={
              search.q === undefined ? null : (
                <CloseButton
                  size="xs"
                  aria-label={t('list.clearSearch')}
                  onClick={() => onSearch({ q: undefined })}
                />
              )
            }
            value={search.q ?? ''}
            onChange={(event) => onSearch({ q: event.currentTarget.value || undefined })}
          />
        </search>
        <FilterChips<ZoneKind>
          label={t('zone.filterKind')}
          chips={zoneKinds.map((value) => ({
            value,
            label: (
              <>
                <ZoneSwatch kind={value} />
                {t(`zoneKind.${value}`)}
              </>
            ),
            ...(loading ? {} : { count: format.number(rows.counts[value]) }),
          }))}
          chosen={parseChoices(zoneKinds, search.kind)}
          onToggle={(value) => onSearch({ kind: toggleChoice(zoneKinds, search.kind, value) })}
        />
      </div>
      <DataTable
        ref={tableRef}
        id="zones"
        label={t('nav.zones')}
        columns={columns}
        rows={rows.rows}
        sort={sort}
        onSort={(column) => onSearch({ sort: renderSort(sortAfterClick(sort, column)) })}
        openId={props.openId}
        onOpen={props.onOpen}
        empty={
          loading ? (
            <RowSkeletons />
          ) : (
            <Nothing
              icon={IconPolygonOff}
              title={t(filtered ? 'zone.noMatch' : 'zone.none')}
              hint={t(filtered ? 'list.noMatch' : 'zone.noneHint')}
              onReset={filtered ? () => onSearch({ q: undefined, kind: undefined }) : undefined}
            />
          )
        }
      />
    </aside>
  )
}
