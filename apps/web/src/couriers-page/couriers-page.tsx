import { type Courier, type Shift, shifts } from '@fleet/domain'
import { useMediaQuery } from '@mantine/hooks'
import { IconUserOff } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useDeferredValue, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '../actions/use-actions.ts'
import { PageFrame } from '../app/page-frame.tsx'
import { useMay } from '../app/session.ts'
import { useFormat } from '../i18n/format.ts'
import { useConnection, useLive, useRegistry, useServerNow } from '../live/live-hooks.ts'
import { Nothing, RowSkeletons } from '../list-page/list-states.tsx'
import { FilterChips, ListToolbar } from '../list-page/list-toolbar.tsx'
import { parseChoices, toggleChoice } from '../list-page/search-parameters.ts'
import { useListKeys } from '../list-page/use-list-keys.ts'
import list from '../list-page/list-page.module.css'
import type { PaletteEntry } from '../palette/palette-registry.ts'
import { usePaletteEntries } from '../palette/use-palette-entries.ts'
import { parseSort, renderSort, sortAfterClick } from '../table/column.ts'
import { DataTable, type DataTableHandle } from '../table/data-table.tsx'
import { possibleShiftSteps, stepShiftAction } from './courier-actions.ts'
import { CourierDrawer } from './courier-drawer.tsx'
import { type CourierRow, couriersInOrder, courierSortColumns, createCourierRows } from './courier-rows.ts'
import type { CouriersSearch } from './couriers-search.ts'
import { NewCourierDrawer } from './new-courier-drawer.tsx'
import { ShiftMark } from './shift-mark.tsx'
import { useCourierColumns } from './use-courier-columns.tsx'

const agesMs = 5_000
/** On the road first. */
const shownShifts: readonly Shift[] = ['on', 'break', 'off']

/** Who works, on which bike, and with what to do. */
export function CouriersPage() {
  const { t } = useTranslation()
  const format = useFormat()
  const live = useLive()
  const registry = useRegistry(250)
  const { hasData } = useConnection()
  const nowMs = useServerNow(agesMs)
  const search = useSearch({ from: '/shell/couriers' })
  const navigate = useNavigate({ from: '/couriers' })
  const narrow = useMediaQuery('(max-width: 760px)', false, { getInitialValueInEffect: false })
  const table = useRef<DataTableHandle>(null)
  const searchBox = useRef<HTMLInputElement>(null)
  const [openedByKeyboard, setOpenedByKeyboard] = useState(false)
  const mayCreate = useMay('createCourier')

  const patch = useCallback(
    (change: { readonly [K in keyof CouriersSearch]?: CouriersSearch[K] | undefined }) =>
      void navigate({ search: (before) => ({ ...before, ...change }) as CouriersSearch, replace: true }),
    [navigate],
  )
  const sort = parseSort(search.sort, courierSortColumns, couriersInOrder)
  const chosen = parseChoices(shifts, search.shift)
  const q = useDeferredValue(search.q)
  const { rows, counts } = useMemo(
    () => createCourierRows(registry, live.markers, { search: q ?? '', shifts: chosen, sort }, nowMs),
    // oxlint-disable-next-line react/exhaustive-deps -- the address stands for what was read out of it
    [registry, live, q, search.shift, search.sort, nowMs],
  )

  const { couriers } = registry
  const open = useMemo(
    () => [...couriers.values()].find(({ no }) => String(no) === search.c),
    [couriers, search.c],
  )
  const openCourier = useCallback(
    ({ courier }: CourierRow, byKeyboard: boolean) => {
      setOpenedByKeyboard(byKeyboard)
      patch({ c: String(courier.no), new: undefined })
    },
    [patch],
  )
  const close = useCallback(() => {
    patch({ c: undefined, new: undefined })
    table.current?.focus()
  }, [patch])
  const create = useCallback(() => patch({ new: '1', c: undefined }), [patch])
  useListKeys({
    searchRef: searchBox,
    listRef: table,
    drawerOpen: search.c !== undefined || search.new !== undefined,
    onClose: close,
    onCreate: mayCreate ? create : undefined,
  })
  usePaletteEntries(useCourierEntries(open, mayCreate ? create : null))

  const columns = useCourierColumns(narrow)
  const filtered = search.q !== undefined || search.shift !== undefined
  return (
    <PageFrame title={t('nav.couriers')} className={list.page}>
      <ListToolbar
        title={t('nav.couriers')}
        count={
          hasData
            ? t('courier.couriers', { count: rows.length, formatted: format.number(rows.length) })
            : null
        }
        searchLabel={t('courier.search')}
        searchRef={searchBox}
        search={search.q}
        onSearch={(text) => patch({ q: text })}
        create={mayCreate ? { label: t('courier.create'), onClick: create } : undefined}
        filters={
          <FilterChips
            label={t('courier.filter')}
            chips={shownShifts.map((value) => ({
              value,
              label: <ShiftMark shift={value} />,
              count: format.number(counts[value]),
            }))}
            chosen={chosen}
            onToggle={(value) => patch({ shift: toggleChoice(shifts, search.shift, value) })}
          />
        }
      />
      <div className={list.body} data-drawer={open !== undefined || search.new === '1' ? 'true' : undefined}>
        <DataTable
          ref={table}
          id="couriers"
          label={t('nav.couriers')}
          columns={columns}
          rows={rows}
          sort={sort}
          onSort={(column) => patch({ sort: renderSort(sortAfterClick(sort, column)) })}
          openId={open?.id ?? null}
          onOpen={openCourier}
          empty={
            hasData ? (
              <Nothing
                icon={IconUserOff}
                title={t(filtered ? 'courier.noMatch' : 'courier.none')}
                hint={t(filtered ? 'list.noMatch' : 'courier.noneHint')}
                onReset={filtered ? () => patch({ q: undefined, shift: undefined }) : undefined}
              />
            ) : (
              <RowSkeletons />
            )
          }
        />
        {search.new === '1' && mayCreate ? (
          <NewCourierDrawer onDone={({ no }) => patch({ new: undefined, c: String(no) })} onClose={close} />
        ) : (
          open !== undefined && (
            <CourierDrawer
              key={open.id}
              courier={open}
              registry={registry}
              takeFocus={openedByKeyboard}
              onClose={close}
            />
          )
        )}
        {search.c !== undefined && open === undefined && hasData && (
          <p className={list.gone} role="status">
            {t('courier.gone')}
          </p>
        )}
      </div>
    </PageFrame>
  )
}

/** For the palette: what can be done to the open courier. */
function useCourierEntries(
  courier: Courier | undefined,
  create: (() => void) | null,
): readonly PaletteEntry[] {
  const { t } = useTranslation()
  const run = useAction()
  const mayStep = useMay('stepShift')
  return useMemo(
    () => [
      ...(courier === undefined || !mayStep ? [] : possibleShiftSteps(courier)).map(
        (event): PaletteEntry => ({
          id: `shift-step-${event}`,
          group: 'selection',
          title: t(`courier.step.${event}`),
          detail: courier!.name,
          run: () => void run(stepShiftAction(t, courier!, event)),
        }),
      ),
      ...(create === null
        ? []
        : [
            {
              id: 'new-courier',
              group: 'app' as const,
              title: t('courier.create'),
              shortcut: 'N',
              run: create,
            },
          ]),
    ],
    [courier, create, mayStep, run, t],
  )
}
