import { useMediaQuery, useReducedMotion } from '@mantine/hooks'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { AttentionPanel } from '../attention/attention-panel.tsx'
import { useAttentionOpen } from '../attention/use-attention-open.ts'
import { usePageEntry } from '../app/page-frame.tsx'
import { useShortcuts } from '../app/shortcuts.ts'
import { DeliveryStepsProvider } from '../deliveries-page/delivery-steps.tsx'
import { useDropOnMap } from '../deliveries-page/use-drop-on-map.ts'
import { openMapWindow } from '../desktop/map-window.ts'
import { useConnection, useLive, useRegistry, useServerNow } from '../live/live-hooks.ts'
import type { FleetMap } from '../map/fleet-map.ts'
import { formatMapView, type MapView, parseMapView } from '../map/map-view.ts'
import { BikeDetail } from './bike-detail.tsx'
import { bikesByCode, bikesByNo } from './fleet-index.ts'
import { FleetList } from './fleet-list.tsx'
import { areSameRows, createFleetRows } from './fleet-rows.ts'
import { type LiveSearch, parseStatuses } from './live-search.ts'
import { MapTools } from './map-tools.tsx'
import { SelectionOnMap } from './selection-on-map.tsx'
import styles from './live-page.module.css'

/** Half of all code, and where a machine has no graphics card a second of work: the list is there before it. */
const loadMap = () => import('../map/map-canvas.tsx')
const MapCanvas = lazy(loadMap)

/** The widths of the panels, and on a phone their heights, as in the style sheets: the map looks past them. */
const panels = { list: 348, detail: 384, attention: 332 }
const sheetHeight = (share: number, maxPx: number) => Math.min(innerHeight * share, maxPx)

export function LivePage() {
  return (
    <DeliveryStepsProvider>
      <Live />
    </DeliveryStepsProvider>
  )
}

function Live() {
  const { t } = useTranslation()
  const live = useLive()
  const { hasData } = useConnection()
  const registry = useRegistry(500)
  const mapWanted = useShownBefore(hasData)
  useEffect(() => {
    // Its code comes meanwhile: later the server may be away.
    void loadMap().catch(() => undefined)
  }, [])
  const search = useSearch({ from: '/shell/' })
  const navigate = useNavigate({ from: '/' })
  const narrow = useMediaQuery('(max-width: 760px)', false, { getInitialValueInEffect: false })
  const reducedMotion = useReducedMotion(false, { getInitialValueInEffect: false })
  const [map, setMap] = useState<FleetMap | null>(null)
  const searchBox = useRef<HTMLInputElement>(null)
  const main = usePageEntry(t('nav.live'))
  const heading = useRef<HTMLHeadingElement>(null)
  const openedByKeyboard = useRef(false)

  const patch = useCallback(
    (change: Partial<Record<keyof LiveSearch, string | undefined>>) =>
      void navigate({
        search: (before) => ({ ...before, ...change }),
        replace: true,
      }),
    [navigate],
  )

  const bike = search.bike === undefined ? undefined : bikesByCode(registry.bikes).get(search.bike)
  const bikeNo = bike?.no
  const following = search.follow === '1' && bike !== undefined
  const open = useCallback(
    (bikeNo: number | null, byKeyboard = false) => {
      openedByKeyboard.current = byKeyboard
      const code = bikeNo === null ? undefined : bikesByNo(live.registry.bikes).get(bikeNo)?.code
      patch({ bike: code, follow: undefined })
    },
    [live, patch],
  )
  const close = () => {
    open(null)
    document.getElementById('fleet-list')?.focus({ preventScroll: true })
  }

  useEffect(() => {
    live.setGliding(!reducedMotion)
  }, [live, reducedMotion])
  useEffect(() => {
    if (bikeNo !== undefined && openedByKeyboard.current) heading.current?.focus()
    openedByKeyboard.current = false
  }, [bikeNo])

  const rows = useRows(search, registry)
  const filtered = search.q !== undefined || search.status !== undefined
  useEffect(() => {
    if (map === null) return
    if (!filtered) return map.overlay.filter(null)
    const shown = new Set(rows.order)
    map.overlay.filter((slot) => shown.has(live.markers.bikeNo[slot]!))
  }, [map, filtered, rows, live])
  useEffect(() => map?.camera.follow(following ? (bikeNo ?? null) : null), [map, following, bikeNo])

  // Only the first one counts: from then on the map says where it looks, and the address follows.
  const [firstView] = useState(() => (search.map === undefined ? null : parseMapView(search.map)))
  const onMove = useSlow((view: MapView) => patch({ map: formatMapView(view) }), 400)
  const onDrag = useCallback(() => patch({ follow: undefined }), [patch])
  // An address that names a bike and no view means: show me that bike.
  const toShow = useRef(firstView === null && search.bike !== undefined)
  const shownNo = useRef<number | undefined>(undefined)
  useEffect(() => {
    if (map === null || bike?.no === shownNo.current) return
    shownNo.current = bike?.no
    if (bike === undefined) return
    if (toShow.current) map.camera.showBike(bike, false)
    else map.camera.revealBike(bike)
    toShow.current = false
  }, [map, bike])
  const onHover = useCallback((bikeNo: number | null) => map?.overlay.hover(bikeNo), [map])
  useShortcuts({
    '/': () => searchBox.current?.focus(),
    Escape: () => bike !== undefined && close(),
    f: () => bike !== undefined && patch({ follow: following ? undefined : '1' }),
    '+': () => map?.camera.zoomBy(1),
    '=': () => map?.camera.zoomBy(1),
    '-': () => map?.camera.zoomBy(-1),
    '0': () => map?.camera.showFleet(),
  })
  useEscapeFromSearch(searchBox)

  const [attentionOpen, setAttentionOpen] = useAttentionOpen()
  const drop = useDropOnMap(
    map,
    useCallback((id: string) => live.registry.deliveries.get(id), [live]),
  )
  const detailed = bike !== undefined
  const rightPx = detailed ? panels.detail : attentionOpen ? panels.attention : 0
  const padding = useMemo(
    () =>
      narrow
        ? {
            top: 0,
            left: 0,
            right: 0,
            bottom: !detailed ? sheetHeight(0.46, 420) : sheetHeight(0.64, 600),
          }
        : { top: 0, bottom: 0, left: panels.list, right: rightPx },
    [narrow, detailed, rightPx],
  )
  const offsets = narrow ? {} : { '--left': `${panels.list}px`, '--right': `${rightPx}px` }

  return (
    <main
      ref={main}
      tabIndex={-1}
      aria-label={t('nav.live')}
      className={styles.page}
      style={offsets as React.CSSProperties}
      {...drop}
    >
      <Suspense fallback={<div className={styles.mapLoading} role="status" aria-label={t('map.loading')} />}>
        {mapWanted && (
          <MapCanvas
            view={firstView}
            padding={padding}
            onReady={setMap}
            onMove={onMove}
            onSelect={open}
            onHover={onHover}
            onDrag={onDrag}
          />
        )}
      </Suspense>
      <MapTools map={map} roomy={bike === undefined} onWindow={openMapWindow} />
      <AttentionPanel open={attentionOpen} onOpen={setAttentionOpen} onBike={open} />
      <FleetList
        rows={rows}
        loading={!hasData}
        search={search}
        selectedNo={bike?.no ?? null}
        searchRef={searchBox}
        onSearch={patch}
        onOpen={open}
        onHover={onHover}
      />
      <SelectionOnMap map={map} bike={bike ?? null} registry={registry} />
      {bike !== undefined && (
        <BikeDetail
          bike={bike}
          registry={registry}
          following={following}
          headingRef={heading}
          onFollow={(follow) => patch({ follow: follow ? '1' : undefined })}
          onCentre={() => map?.camera.showBike(bike, true)}
          onClose={close}
        />
      )}
      {bike === undefined && search.bike !== undefined && hasData && (
        <p className={styles.gone} role="status">
          {t('detail.gone')}
        </p>
      )}
    </main>
  )
}

/** The list's order; by last seen or battery it is renewed every few seconds, else only when something changed. */
function useRows(search: LiveSearch, registry: ReturnType<typeof useRegistry>) {
  const { markers } = useLive()
  const query = useDeferredValue(search.q ?? '')
  const sort = search.sort ?? 'code'
  const tick = useServerNow(sort === 'code' ? 3_600_000 : 4_000)
  const rows = useMemo(
    () => createFleetRows(registry, markers, { search: query, statuses: parseStatuses(search.status), sort }),
    // oxlint-disable-next-line react/exhaustive-deps -- the marker columns change in place; the tick stands for them
    [registry.bikes, registry.couriers, registry.deliveries, markers, query, search.status, sort, tick],
  )
  // The same answer is the same object, so that the panel renders only when its order or counts change.
  const [shown, setShown] = useState(rows)
  if (areSameRows(shown, rows)) return shown
  setShown(rows)
  return rows
}

/** Where there is no graphics card, nothing answers while the map is begun: so long the list has the machine for itself. */
const listFirstMs = 250

/** True a moment after what is `known` is on the screen; soon where nothing becomes known. */
function useShownBefore(known: boolean): boolean {
  const [idle, setIdle] = useState(false)
  useEffect(() => {
    const done = () => setIdle(true)
    if (!known) {
      const timer = setTimeout(done, 1_500)
      return () => clearTimeout(timer)
    }
    let timer: ReturnType<typeof setTimeout> | undefined
    // The second frame begins when the first has been drawn.
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => (timer = setTimeout(done, listFirstMs)))
    })
    return () => {
      cancelAnimationFrame(frame)
      clearTimeout(timer)
    }
  }, [known])
  return idle
}

/** Calls after `ms` of quiet, with the last arguments. */
function useSlow<A extends unknown[]>(act: (...args: A) => void, ms: number): (...args: A) => void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const latest = useRef(act)
  useEffect(() => {
    latest.current = act
  })
  useEffect(() => () => clearTimeout(timer.current), [])
  return useCallback(
    (...args: A) => {
      clearTimeout(timer.current)
      timer.current = setTimeout(() => latest.current(...args), ms)
    },
    [ms],
  )
}

/** From the search box, Escape and arrow down lead to the list. */
function useEscapeFromSearch(box: React.RefObject<HTMLInputElement | null>) {
  useEffect(() => {
    const element = box.current
    const listen = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' && event.key !== 'ArrowDown' && event.key !== 'Enter') return
      event.preventDefault()
      const list = document.getElementById('fleet-list')
      if (list === null) element?.blur()
      else list.focus()
    }
    element?.addEventListener('keydown', listen)
    return () => element?.removeEventListener('keydown', listen)
  }, [box])
}
