import { type Bike, bikeKinds, bikeStatuses } from '@fleet/domain'
import { Button } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconBikeOff, IconFileImport } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useDeferredValue, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '../actions/use-actions.ts'
import { PageFrame } from '../app/page-frame.tsx'
import { useMay } from '../app/session.ts'
import { useOpenImport } from '../file-import/file-import-context.ts'
import { useFormat } from '../i18n/format.ts'
import { useConnection, useLive, useRegistry, useServerNow } from '../live/live-hooks.ts'
import type { Registry } from '../live/registry.ts'
import { bikesByCode } from '../live-page/fleet-index.ts'
import { StatusIcon } from '../live-page/status-icon.tsx'
import { Nothing, RowSkeletons } from '../list-page/list-states.tsx'
import { FilterChips, ListToolbar } from '../list-page/list-toolbar.tsx'
import { parseChoices, toggleChoice } from '../list-page/search-parameters.ts'
import { useListKeys } from '../list-page/use-list-keys.ts'
import list from '../list-page/list-page.module.css'
import type { PaletteEntry } from '../palette/palette-registry.ts'
import { usePaletteEntries } from '../palette/use-palette-entries.ts'
import { parseSort, renderSort, sortAfterClick } from '../table/column.ts'
import { DataTable, type DataTableHandle } from '../table/data-table.tsx'
import { possibleBikeSteps, stepBikeAction } from './bike-actions.ts'
import { BikeDrawer } from './bike-drawer.tsx'
import { type BikeRow, bikesInOrder, bikeSortColumns, createBikeRows } from './bike-rows.ts'
import type { BikesSearch } from './bikes-search.ts'
import { NewBikeDrawer } from './new-bike-drawer.tsx'
import { dues } from './service-due.ts'
import { useBikeColumns } from './use-bike-columns.tsx'
import { useDueService } from './use-due-service.ts'

/** Readings change by the second; nobody reads a table faster than this. */
const readingsMs = 5_000

/** The registry of bikes: state, battery, who rides it, what is wrong with it, and its service book. */
export function BikesPage() {
  const { t } = useTranslation()
  const format = useFormat()
  const live = useLive()
  const registry = useRegistry(250)
  const { hasData } = useConnection()
  const nowMs = useServerNow(readingsMs)
  const search = useSearch({ from: '/shell/bikes' })
  const navigate = useNavigate({ from: '/bikes' })
  const narrow = useMediaQuery('(max-width: 760px)', false, { getInitialValueInEffect: false })
  const table = useRef<DataTableHandle>(null)
  const searchBox = useRef<HTMLInputElement>(null)
  const [openedByKeyboard, setOpenedByKeyboard] = useState(false)
  const mayCreate = useMay('createBike')
  const mayImport = useMay('importRecording')
  const openImport = useOpenImport()

  const patch = useCallback(
    (change: { readonly [K in keyof BikesSearch]?: BikesSearch[K] | undefined }) =>
      void navigate({ search: (before) => ({ ...before, ...change }) as BikesSearch, replace: true }),
    [navigate],
  )
  const sort = parseSort(search.sort, bikeSortColumns, bikesInOrder)
  const statuses = parseChoices(bikeStatuses, search.status)
  const kinds = parseChoices(bikeKinds, search.kind)
  const chosenDues = parseChoices(dues, search.service)
  const dueService = useDueService()
  const q = useDeferredValue(search.q)
  const { rows, counts } = useMemo(
    () =>
      createBikeRows(
        registry,
        live.markers,
        dueService,
        { search: q ?? '', statuses, kinds, dues: chosenDues, sort },
        nowMs,
      ),
    // oxlint-disable-next-line react/exhaustive-deps -- the address stands for what was read out of it
    [registry, live, dueService, q, search.status, search.kind, search.service, search.sort, nowMs],
  )

  const open = useOpenBike(search.b, registry.bikes)
  const openBike = useCallback(
    ({ bike }: BikeRow, byKeyboard: boolean) => {
      setOpenedByKeyboard(byKeyboard)
      patch({ b: bike.code, new: undefined })
    },
    [patch],
  )
  const close = useCallback(() => {
    patch({ b: undefined, new: undefined })
    table.current?.focus()
  }, [patch])
  const create = useCallback(() => patch({ new: '1', b: undefined }), [patch])
  useListKeys({
    searchRef: searchBox,
    listRef: table,
    drawerOpen: search.b !== undefined || search.new !== undefined,
    onClose: close,
    onCreate: mayCreate ? create : undefined,
  })
  usePaletteEntries(useBikeEntries(open, mayCreate ? create : null))

  const columns = useBikeColumns(narrow)
  const filtered = [search.q, search.status, search.kind, search.service].some((value) => value !== undefined)
  return (
    <PageFrame title={t('nav.bikes')} className={list.page}>
      <ListToolbar
        title={t('nav.bikes')}
        count={
          hasData ? t('list.bikes', { count: rows.length, formatted: format.number(rows.length) }) : null
        }
        searchLabel={t('bike.search')}
        searchRef={searchBox}
        search={search.q}
        onSearch={(text) => patch({ q: text })}
        create={mayCreate ? { label: t('bike.create'), onClick: create } : undefined}
        more={
          mayImport && (
            <Button
              size="xs"
              variant="default"
              leftSection={<IconFileImport size={16} aria-hidden />}
              onClick={() => openImport('rides')}
            >
              {t('bike.importRides')}
            </Button>
          )
        }
        filters={
          <>
            <FilterChips
              label={t('list.filters')}
              chips={bikeStatuses.map((value) => ({
                value,
                label: (
                  <>
                    <StatusIcon status={value} size={13} />
                    {t(`bikeStatus.${value}`)}
                  </>
                ),
                count: format.number(counts[value]),
              }))}
              chosen={statuses}
              onToggle={(value) => patch({ status: toggleChoice(bikeStatuses, search.status, value) })}
            />
            <FilterChips
              label={t('bike.filterKind')}
              chips={bikeKinds.map((value) => ({ value, label: t(`bikeKind.${value}`) }))}
              chosen={kinds}
              onToggle={(value) => patch({ kind: toggleChoice(bikeKinds, search.kind, value) })}
            />
            <FilterChips
              label={t('bike.filterService')}
              chips={(['overdue', 'soon'] as const).map((value) => ({
                value,
                label: t(`bike.serviceIs.${value}`),
              }))}
              chosen={chosenDues}
              onToggle={(value) => patch({ service: toggleChoice(dues, search.service, value) })}
            />
          </>
        }
      />
      <div className={list.body} data-drawer={open !== undefined || search.new === '1' ? 'true' : undefined}>
        <DataTable
          ref={table}
          id="bikes"
          label={t('nav.bikes')}
          columns={columns}
          rows={rows}
          sort={sort}
          onSort={(column) => patch({ sort: renderSort(sortAfterClick(sort, column)) })}
          openId={open?.id ?? null}
          onOpen={openBike}
          empty={
            hasData ? (
              <Nothing
                icon={IconBikeOff}
                title={t(filtered ? 'list.noMatchTitle' : 'list.emptyTitle')}
                hint={t(filtered ? 'list.noMatch' : 'list.empty')}
                onReset={
                  filtered
                    ? () => patch({ q: undefined, status: undefined, kind: undefined, service: undefined })
                    : undefined
                }
              />
            ) : (
              <RowSkeletons />
            )
          }
        />
        {search.new === '1' && mayCreate ? (
          <NewBikeDrawer onDone={({ code }) => patch({ new: undefined, b: code })} onClose={close} />
        ) : (
          open !== undefined && (
            <BikeDrawer
              key={open.id}
              bike={open}
              registry={registry}
              takeFocus={openedByKeyboard}
              onCode={(code) => patch({ b: code })}
              onClose={close}
            />
          )
        )}
        {search.b !== undefined && open === undefined && hasData && (
          <p className={list.gone} role="status">
            {t('detail.gone')}
          </p>
        )}
      </div>
    </PageFrame>
  )
}

/** The bike with this code; also the one that had it when it was opened and was given another since. */
function useOpenBike(code: string | undefined, bikes: Registry['bikes']): Bike | undefined {
  const [opened, setOpened] = useState<{ readonly code: string; readonly id: string } | null>(null)
  const named = code === undefined ? undefined : bikesByCode(bikes).get(code)
  if (code !== undefined && named !== undefined && (opened?.code !== code || opened.id !== named.id))
    setOpened({ code, id: named.id })
  return named ?? (code !== undefined && opened?.code === code ? bikes.get(opened.id) : undefined)
}

/** For the palette: what can be done to the open bike. */
function useBikeEntries(bike: Bike | undefined, create: (() => void) | null): readonly PaletteEntry[] {
  const { t } = useTranslation()
  const run = useAction()
  const mayStep = useMay('stepBike')
  return useMemo(
    () => [
      ...(bike === undefined || !mayStep ? [] : possibleBikeSteps(bike)).map((event): PaletteEntry => ({
        id: `bike-step-${event}`,
        group: 'selection',
        title: t(`bike.step.${event}`),
        detail: bike!.code,
        run: () => void run(stepBikeAction(t, bike!, event)),
      })),
      ...(create === null
        ? []
        : [
            {
              id: 'new-bike',
              group: 'app' as const,
              title: t('bike.create'),
              shortcut: 'N',
              run: create,
            },
          ]),
    ],
    [bike, create, mayStep, run, t],
  )
}
