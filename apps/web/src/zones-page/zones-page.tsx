import { type Zone, type ZoneKind, zoneKinds } from '@fleet/domain'
import { useMediaQuery } from '@mantine/hooks'
import { useNavigate, useSearch } from '@tanstack/react-router'
import {
  type CSSProperties,
  lazy,
  Suspense,
  useCallback,
  useDeferredValue,
  useMemo,
  useRef,
  useState,
} from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '../actions/use-actions.ts'
import { usePageEntry } from '../app/page-frame.tsx'
import { useMay } from '../app/session.ts'
import { useShortcuts } from '../app/shortcuts.ts'
import { downloadText } from '../list-page/download-text.ts'
import { useConnection, useLive, useRegistry, useServerNow } from '../live/live-hooks.ts'
import { parseChoices } from '../list-page/search-parameters.ts'
import { useListKeys } from '../list-page/use-list-keys.ts'
import list from '../list-page/list-page.module.css'
import { MapTools } from '../live-page/map-tools.tsx'
import page from '../live-page/live-page.module.css'
import type { FleetMap } from '../map/fleet-map.ts'
import { formatMapView, type MapView, parseMapView } from '../map/map-view.ts'
import { parseSort } from '../table/column.ts'
import type { DataTableHandle } from '../table/data-table.tsx'
import { NewZoneDrawer } from './new-zone-drawer.tsx'
import { OutlineEditor } from './outline-editor.tsx'
import { type OutlineEdit, useOutlineEdit } from './use-outline-edit.ts'
import { useZoneEntries } from './use-zone-entries.ts'
import { useZonesOnMap } from './use-zones-on-map.ts'
import { editZoneAction } from './zone-actions.ts'
import { ZoneDrawer } from './zone-drawer.tsx'
import { ZoneList } from './zone-list.tsx'
import { bikesInZones, boxZones, createZoneRows, zonesInOrder, zoneSortColumns } from './zone-rows.ts'
import { renderZonesGeoJson } from './zones-geojson.ts'
import type { ZonesSearch } from './zones-search.ts'

const MapCanvas = lazy(() => import('../map/map-canvas.tsx'))
const ZonesImport = lazy(() => import('./zones-import-dialog.tsx'))

/** The widths of the panels and the height of the bar, and on a phone of the list, as in the style sheets: the map looks past them. */
const panels = { list: 404, detail: 384, bar: 148 }
const sheetHeight = () => Math.min(innerHeight * 0.46, 420)
/** How often who is where is looked at. */
const countMs = 3_000
const nobody: readonly number[] = []

/** Zones on the map and in a list: drawn, changed, and who is in them. */
export function ZonesPage() {
  const { t } = useTranslation()
  const run = useAction()
  const live = useLive()
  const registry = useRegistry(250)
  const { hasData } = useConnection()
  const search = useSearch({ from: '/shell/zones' })
  const navigate = useNavigate({ from: '/zones' })
  const narrow = useMediaQuery('(max-width: 760px)', false, { getInitialValueInEffect: false })
  const main = usePageEntry(t('nav.zones'))
  const [map, setMap] = useState<FleetMap | null>(null)
  const table = useRef<DataTableHandle>(null)
  const searchBox = useRef<HTMLInputElement>(null)
  const [byKeyboard, setByKeyboard] = useState(false)
  const [newKind, setNewKind] = useState<ZoneKind>('slow')
  const [busy, setBusy] = useState(false)
  const [importing, setImporting] = useState(false)
  /** On a phone the form covers the map; it comes once the outline is drawn. */
  const [onMap, setOnMap] = useState(true)
  const mayCreate = useMay('createZone')

  const patch = useCallback(
    (change: { readonly [K in keyof ZonesSearch]?: ZonesSearch[K] | undefined }) =>
      void navigate({ search: (before) => ({ ...before, ...change }) as ZonesSearch, replace: true }),
    [navigate],
  )
  const { zones } = registry
  const open = search.z === undefined ? undefined : zones.get(search.z)
  const isNew = search.new === '1' && mayCreate
  const onBringBack = useCallback(
    ({ zone }: OutlineEdit) =>
      patch(zone === null ? { new: '1', z: undefined } : { z: zone.id, new: undefined }),
    [patch],
  )
  const { edit, begin, change, end, drop } = useOutlineEdit({ openId: open?.id, isNew, onBringBack })

  const boxes = useMemo(() => boxZones(zones), [zones])
  const tick = useServerNow(countMs)
  const bikes = useMemo(
    () => bikesInZones(boxes, live.markers),
    // oxlint-disable-next-line react/exhaustive-deps -- the marker columns change in place; the tick stands for them
    [boxes, live, tick],
  )
  const sort = parseSort(search.sort, zoneSortColumns, zonesInOrder)
  const q = useDeferredValue(search.q ?? '')
  const rows = useMemo(
    () => createZoneRows(zones, bikes, { search: q, kinds: parseChoices(zoneKinds, search.kind), sort }),
    // oxlint-disable-next-line react/exhaustive-deps -- the address stands for what was read out of it
    [zones, bikes, q, search.kind, search.sort],
  )

  const openZone = useCallback(
    (zone: Zone, keyboard: boolean) => {
      drop()
      setByKeyboard(keyboard)
      patch({ z: zone.id, new: undefined })
    },
    [drop, patch],
  )
  const create = useCallback(() => {
    drop()
    setOnMap(true)
    patch({ new: '1', z: undefined })
  }, [drop, patch])
  const close = useCallback(() => {
    drop()
    patch({ z: undefined, new: undefined })
    table.current?.focus()
  }, [drop, patch])
  const cancel = edit?.zone === null ? close : drop
  const save = async () => {
    if (edit === null || edit.zone === null) return
    const { zone, draft } = edit
    setBusy(true)
    const outcome = await run(editZoneAction(t, zone, { polygon: draft.corners }, t('zone.what.outline')))
    setBusy(false)
    // Whoever keeps what somebody else did has decided; any other refusal leaves the outline to be mended.
    if (outcome.ok || outcome.problem?.code === 'stale_version') end()
  }

  useListKeys({
    searchRef: searchBox,
    listRef: table,
    drawerOpen: search.z !== undefined || search.new !== undefined,
    onClose: edit === null ? close : cancel,
    onCreate: mayCreate ? create : undefined,
  })
  useShortcuts({
    '+': () => map?.camera.zoomBy(1),
    '=': () => map?.camera.zoomBy(1),
    '-': () => map?.camera.zoomBy(-1),
    '0': () => map?.camera.showFleet(),
  })
  useZoneEntries(mayCreate ? create : null, open, edit === null ? begin : null)

  const [firstView] = useState(() => (search.map === undefined ? null : parseMapView(search.map)))
  const onMove = useCallback((view: MapView) => patch({ map: formatMapView(view) }), [patch])
  const onMapZone = useCallback((zone: Zone) => openZone(zone, false), [openZone])
  const drawing = edit !== null
  const hands = useZonesOnMap({
    map,
    zones,
    boxes,
    open,
    drawing,
    shownId: firstView === null ? undefined : search.z,
    onOpen: onMapZone,
  })

  const drawerOpen = open !== undefined || isNew
  const mapOnly = narrow && drawing && (edit.zone !== null || onMap)
  const padding = {
    top: drawing && !narrow ? panels.bar : 0,
    bottom: !narrow ? 0 : drawing ? panels.bar + 32 : sheetHeight(),
    left: narrow ? 0 : panels.list,
    right: narrow || !drawerOpen ? 0 : panels.detail,
  }
  const offsets = {
    ...(narrow ? {} : { '--list-width': `${panels.list}px` }),
    ...Object.fromEntries(Object.entries(padding).map(([side, px]) => [`--${side}`, `${px}px`])),
  }

  return (
    <main
      ref={main}
      tabIndex={-1}
      aria-label={t('nav.zones')}
      className={page.page}
      style={offsets as CSSProperties}
    >
      <Suspense fallback={<div className={page.mapLoading} role="status" aria-label={t('map.loading')} />}>
        <MapCanvas
          view={firstView}
          padding={padding}
          onReady={setMap}
          onMove={onMove}
          {...hands}
          onDrag={noop}
        />
      </Suspense>
      <MapTools map={map} roomy={!drawerOpen} />
      {!(narrow && drawing) && (
        <ZoneList
          rows={rows}
          sort={sort}
          search={search}
          loading={!hasData}
          openId={open?.id ?? null}
          tableRef={table}
          searchRef={searchBox}
          onSearch={patch}
          onOpen={({ zone }, keyboard) => openZone(zone, keyboard)}
          onCreate={mayCreate ? create : undefined}
          onImport={mayCreate ? () => setImporting(true) : undefined}
          onExport={() =>
            downloadText(t('geojson.fileName'), renderZonesGeoJson(rows.rows.map(({ zone }) => zone)))
          }
        />
      )}
      {edit !== null && !(narrow && !mapOnly) && (
        <OutlineEditor
          // Not the id alone, which is the drawer's.
          key={`outline of ${edit.zone?.id ?? 'a new zone'}`}
          map={map}
          label={edit.zone === null ? t('outline.drawing') : t('outline.changing', { name: edit.zone.name })}
          draft={edit.draft}
          kind={edit.zone === null ? newKind : (open?.kind ?? edit.zone.kind)}
          begin={edit.zone === null ? 'bar' : byKeyboard ? 'corner' : 'bar'}
          onDraft={change}
          submit={
            edit.zone !== null
              ? { label: t('outline.save'), onSubmit: () => void save(), busy }
              : narrow
                ? { label: t('outline.done'), onSubmit: () => setOnMap(false), busy: false }
                : undefined
          }
          onCancel={cancel}
        />
      )}
      {isNew && edit !== null && !mapOnly ? (
        <NewZoneDrawer
          draft={edit.draft}
          kind={newKind}
          onKind={setNewKind}
          onDraft={change}
          onMap={narrow ? () => setOnMap(true) : undefined}
          onDone={({ id }) => {
            end()
            setByKeyboard(true)
            patch({ z: id, new: undefined })
          }}
          onClose={close}
        />
      ) : (
        open !== undefined &&
        !mapOnly && (
          <ZoneDrawer
            key={open.id}
            zone={open}
            registry={registry}
            bikeNos={bikes.get(open.id) ?? nobody}
            takeFocus={byKeyboard}
            changing={drawing}
            onChangeOutline={(keyboard) => {
              setByKeyboard(keyboard)
              begin(open)
            }}
            onClose={close}
          />
        )
      )}
      {search.z !== undefined && open === undefined && hasData && (
        <p className={list.gone} role="status">
          {t('zone.gone')}
        </p>
      )}
      {importing && (
        <Suspense>
          <ZonesImport onClose={() => setImporting(false)} />
        </Suspense>
      )}
    </main>
  )
}

const noop = () => undefined
