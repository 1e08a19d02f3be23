import type { Delivery } from '@fleet/domain'
import { useMediaQuery } from '@mantine/hooks'
import { IconPackageOff } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useDeferredValue, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { PageFrame } from '../app/page-frame.tsx'
import { useMay } from '../app/session.ts'
import { useShortcuts } from '../app/shortcuts.ts'
import { useOpenImport } from '../file-import/file-import-context.ts'
import { amsterdamDate } from '../i18n/amsterdam-day.ts'
import { useConnection, useRegistry, useServerNow } from '../live/live-hooks.ts'
import { LoadFailed, Nothing, RowSkeletons } from '../list-page/list-states.tsx'
import { useListKeys } from '../list-page/use-list-keys.ts'
import list from '../list-page/list-page.module.css'
import { usePaletteEntries } from '../palette/use-palette-entries.ts'
import { parseSort, renderSort, sortAfterClick } from '../table/column.ts'
import { DataTable, type DataTableHandle } from '../table/data-table.tsx'
import { nothingSelected } from '../table/selection.ts'
import { BulkBar, bulkBarPx } from './bulk-bar.tsx'
import type { exportDeliveries as exportFile } from './csv-export.ts'
import type { DeliveriesSearch } from './deliveries-search.ts'
import { commonSteps } from './delivery-actions.ts'
import { DeliveriesPrint } from './deliveries-print.tsx'
import { DeliveryDrawer } from './delivery-drawer.tsx'
import { createDeliveryQuery, deliverySortColumns, serverSort } from './delivery-query.ts'
import { DeliveryStepsProvider, useDeliverySteps } from './delivery-steps.tsx'
import { DeliveryToolbar } from './delivery-toolbar.tsx'
import { dragOf } from './drag.ts'
import { NewDeliveryDrawer } from './new-delivery-drawer.tsx'
import { useDeliveryByCode, useKnownDelivery } from './use-delivery-by-code.ts'
import { useDeliveryColumns } from './use-delivery-columns.tsx'
import { useDeliveryEntries } from './use-delivery-entries.ts'
import { useDeliveryRows } from './use-delivery-rows.ts'
import { useDeliverySelection } from './use-delivery-selection.ts'
import styles from './deliveries-page.module.css'

const DeliveryBoard = lazy(() => import('./delivery-board.tsx'))
const DeliveryLanes = lazy(() => import('./delivery-lanes.tsx'))
const DeliveryMap = lazy(() => import('./delivery-map.tsx'))

export function DeliveriesPage() {
  return (
    <DeliveryStepsProvider>
      <Deliveries />
    </DeliveryStepsProvider>
  )
}

const noFilters = {
  q: undefined,
  status: undefined,
  courier: undefined,
  ended: undefined,
  late: undefined,
  district: undefined,
}

/** Without a map nothing is marked elsewhere. */
const hoverNothing = () => undefined

/** The writer of CSV is loaded when somebody wants a file. */
async function exportDeliveries(...these: Parameters<typeof exportFile>): Promise<void> {
  ;(await import('./csv-export.ts')).exportDeliveries(...these)
}

function Deliveries() {
  const { t } = useTranslation()
  const registry = useRegistry(250)
  const { hasData } = useConnection()
  const search = useSearch({ from: '/shell/deliveries' })
  // The pressed control is drawn first, the rows that it asks for after that.
  const asked = useDeferredValue(search)
  const navigate = useNavigate({ from: '/deliveries' })
  const narrow = useMediaQuery('(max-width: 760px)', false, { getInitialValueInEffect: false })
  const roomy = useMediaQuery('(min-width: 1180px)', false, { getInitialValueInEffect: false })
  const table = useRef<DataTableHandle>(null)
  const searchBox = useRef<HTMLInputElement>(null)
  const [openedByKeyboard, setOpenedByKeyboard] = useState(false)
  const openImport = useOpenImport()
  const [hoveredId, setHoveredId] = useState<string | null>(null)
  const steps = useDeliverySteps()
  const mayChange = useMay('updateDelivery')
  const view = asked.view ?? 'list'
  const mapShown = narrow
    ? null
    : search.map === undefined
      ? search.view === 'lanes' && roomy
      : search.map === '1'

  const patch = useCallback(
    (change: Partial<Record<keyof DeliveriesSearch, string | undefined>>) =>
      void navigate({ search: (before) => ({ ...before, ...change }) as DeliveriesSearch, replace: true }),
    [navigate],
  )

  const sort = useMemo(() => parseSort(asked.sort, deliverySortColumns, serverSort), [asked.sort])
  const today = amsterdamDate(useServerNow(60_000))
  const { couriers } = registry
  const filterCourier = useMemo(
    () => [...couriers.values()].find(({ no }) => String(no) === asked.courier),
    [couriers, asked.courier],
  )
  const query = useMemo(
    () => createDeliveryQuery({ ...asked, day: asked.day ?? today }, () => filterCourier),
    [asked, today, filterCourier],
  )
  const { rows, loading, complete, failed, more, newest } = useDeliveryRows(
    registry,
    query,
    sort,
    view !== 'list',
  )
  const { selection, select, selected } = useDeliverySelection(rows, newest, search.sel, patch)

  const open = useDeliveryByCode(registry, search.d)
  const drawn = useDeferredValue(open)
  const remember = useKnownDelivery()
  const openDelivery = useCallback(
    (delivery: Delivery, byKeyboard: boolean) => {
      remember(delivery)
      setOpenedByKeyboard(byKeyboard)
      patch({ d: delivery.code, new: undefined })
    },
    [patch, remember],
  )
  const openId = open?.id ?? null
  const close = useCallback(() => {
    patch({ d: undefined, new: undefined })
    // The table, or the block in the lanes that the drawer was opened from.
    if (table.current !== null) table.current.focus()
    else document.querySelector<HTMLElement>('button[data-open="true"], [data-open="true"] button')?.focus()
  }, [patch])
  const acted = useMemo(
    () => (selected.length > 0 ? selected : open === null || open === undefined ? [] : [open]),
    [selected, open],
  )

  const create = useCallback(() => patch({ new: '1', d: undefined }), [patch])
  useListKeys({
    searchRef: searchBox,
    listRef: table,
    drawerOpen: search.d !== undefined || search.new !== undefined,
    onClose: close,
    onCreate: mayChange ? create : undefined,
  })
  useShortcuts({
    a: () => (mayChange && commonSteps(acted).includes('assign') ? steps.take(acted, 'assign') : false),
    m: () => (mapShown === null ? false : patch({ map: mapShown ? '0' : '1' })),
    '1': () => patch({ view: undefined }),
    '2': () => patch({ view: 'board' }),
    '3': () => patch({ view: 'lanes' }),
  })
  usePaletteEntries(useDeliveryEntries(acted, mayChange, patch))

  const columns = useDeliveryColumns(couriers, narrow)
  const byId = useMemo(
    () => new Map(mapShown === true ? rows.map((row) => [row.id as string, row]) : []),
    [rows, mapShown],
  )
  const deliveryOf = useCallback(
    (id: string) => {
      const row = byId.get(id)
      return row === undefined ? undefined : newest(row)
    },
    [byId, newest],
  )
  const onImport = useCallback(() => openImport('deliveries'), [openImport])
  const onExport = useCallback(
    () => void exportDeliveries(t, rows.map(newest), couriers),
    [t, rows, newest, couriers],
  )
  const onSort = useCallback(
    (column: string) => patch({ sort: renderSort(sortAfterClick(sort, column)) }),
    [patch, sort],
  )
  const dragOfRow = useCallback(({ id }: Delivery) => dragOf(id, selection), [selection])
  const drawerOpen = (drawn !== null && drawn !== undefined) || search.new === '1'
  const filtered = Object.keys(noFilters).some((name) => search[name as keyof typeof noFilters] !== undefined)
  const hovering =
    mapShown === true ? { hoveredId, onHover: setHoveredId } : { hoveredId: null, onHover: hoverNothing }
  const shared = { rows, newest, openId, onOpen: openDelivery, ...hovering }
  return (
    <PageFrame title={t('nav.deliveries')} className={list.page}>
      <DeliveriesPrint
        rows={rows}
        complete={complete}
        newest={newest}
        couriers={couriers}
        search={asked}
        today={today}
      />
      <DeliveryToolbar
        search={search}
        onSearch={patch}
        searchRef={searchBox}
        couriers={couriers}
        shown={loading ? null : rows.length}
        complete={complete}
        mapShown={mapShown}
        onImport={onImport}
        onExport={onExport}
      />
      <div className={list.body} data-drawer={drawerOpen}>
        <div className={styles.split} data-view={view}>
          {view === 'list' ? (
            <DataTable
              ref={table}
              id="deliveries"
              label={t('nav.deliveries')}
              columns={columns}
              rows={rows}
              newest={newest}
              sort={sort}
              onSort={onSort}
              selection={selection}
              onSelect={select}
              openId={openId}
              onOpen={openDelivery}
              {...hovering}
              onNearEnd={more}
              dragOf={mayChange ? dragOfRow : undefined}
              empty={
                rows.length > 0 ? null : failed ? (
                  <LoadFailed title={t('delivery.failed')} onRetry={more} />
                ) : loading || !hasData ? (
                  <RowSkeletons label={t('delivery.loading')} />
                ) : (
                  <Nothing
                    icon={IconPackageOff}
                    title={t(filtered ? 'delivery.noMatch' : 'delivery.none')}
                    hint={t('delivery.noMatchHint')}
                    resetLabel={t('delivery.showAll')}
                    onReset={() => patch({ ...noFilters, day: 'all' })}
                  />
                )
              }
            />
          ) : (
            <Suspense fallback={<RowSkeletons label={t('delivery.loading')} />}>
              {view === 'board' ? (
                <DeliveryBoard {...shared} />
              ) : (
                <DeliveryLanes
                  {...shared}
                  date={asked.day === undefined || asked.day === 'all' ? today : asked.day}
                  selection={selection}
                  onSelect={select}
                />
              )}
            </Suspense>
          )}
          {mapShown === true && (
            <Suspense
              fallback={<div className={styles.mapLoading} role="status" aria-label={t('map.loading')} />}
            >
              <DeliveryMap
                deliveries={acted}
                hovered={hoveredId === null ? null : (deliveryOf(hoveredId) ?? null)}
                onHover={setHoveredId}
                onOpen={(id) => {
                  const delivery = deliveryOf(id)
                  if (delivery !== undefined) openDelivery(delivery, false)
                }}
                onSelect={select}
                coveredPx={selected.length > 0 ? bulkBarPx : 0}
                deliveryOf={deliveryOf}
              />
            </Suspense>
          )}
        </div>
        {selected.length > 0 && (
          <BulkBar
            deliveries={selected}
            onExport={() => void exportDeliveries(t, selected, couriers)}
            onClear={() => {
              select(nothingSelected)
              table.current?.focus()
            }}
          />
        )}
        {search.new === '1' ? (
          <NewDeliveryDrawer
            onDone={(delivery) => patch({ new: undefined, d: delivery.code })}
            onClose={close}
          />
        ) : (
          drawn !== null &&
          drawn !== undefined && (
            <DeliveryDrawer
              key={drawn.id}
              delivery={drawn}
              couriers={couriers}
              takeFocus={openedByKeyboard}
              onClose={close}
            />
          )
        )}
        {open === null && search.d !== undefined && (
          <p className={list.gone} role="status">
            {t('delivery.gone', { code: search.d })}
          </p>
        )}
      </div>
    </PageFrame>
  )
}
