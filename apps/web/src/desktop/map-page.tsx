import { useReducedMotion } from '@mantine/hooks'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ConnectionBadge } from '../app/connection-badge.tsx'
import { usePageEntry } from '../app/page-frame.tsx'
import { useServices } from '../app/services.ts'
import { useShortcuts } from '../app/shortcuts.ts'
import { useAttention } from '../attention/use-attention.ts'
import { bikesByNo, couriersByBike } from '../live-page/fleet-index.ts'
import { MapTools } from '../live-page/map-tools.tsx'
import { StatusIcon } from '../live-page/status-icon.tsx'
import { useConnection, useRegistry } from '../live/live-hooks.ts'
import type { FleetMap } from '../map/fleet-map.ts'
import { formatMapView, type MapView, parseMapView } from '../map/map-view.ts'
import { FleetNews } from './fleet-news.tsx'
import { fleetState } from './fleet-state.ts'
import styles from './map-page.module.css'

const MapCanvas = lazy(() => import('../map/map-canvas.tsx'))
const noPadding = { top: 0, bottom: 0, left: 0, right: 0 }
const nothing = () => undefined

/** The map and nothing else, for a second screen: the fleet as it is now, and how it is in one line. */
export function MapPage() {
  const { t } = useTranslation()
  const { live } = useServices()
  const { state, hasData } = useConnection()
  const registry = useRegistry(500)
  const items = useAttention()
  const search = useSearch({ from: '/map' })
  const navigate = useNavigate({ from: '/map' })
  const main = usePageEntry(t('desktop.mapTitle'))
  const reducedMotion = useReducedMotion(false, { getInitialValueInEffect: false })
  const [map, setMap] = useState<FleetMap | null>(null)
  const [bikeNo, setBikeNo] = useState<number | null>(null)

  useEffect(() => {
    live.start()
    addEventListener('online', live.retryNow)
    return () => {
      removeEventListener('online', live.retryNow)
      live.stop()
    }
  }, [live])
  useEffect(() => {
    live.setGliding(!reducedMotion)
  }, [live, reducedMotion])
  useEffect(() => {
    // Whoever signed out in the main window is gone here, too.
    if (state === 'signed-out' && live.registry.logId !== null)
      void navigate({ to: '/sign-in', search: { to: '/map' } })
  }, [state, live, navigate])

  const [firstView] = useState(() => (search.map === undefined ? null : parseMapView(search.map)))
  const onMove = useCallback(
    (view: MapView) => void navigate({ search: { map: formatMapView(view) }, replace: true }),
    [navigate],
  )
  useShortcuts({
    Escape: () => setBikeNo(null),
    '+': () => map?.camera.zoomBy(1),
    '=': () => map?.camera.zoomBy(1),
    '-': () => map?.camera.zoomBy(-1),
    '0': () => map?.camera.showFleet(),
  })
  const bike = bikeNo === null ? undefined : bikesByNo(registry.bikes).get(bikeNo)
  useEffect(() => map?.overlay.hover(bike?.no ?? null), [map, bike])
  const { text, urgent } = useMemo(() => fleetState(t, items, registry), [t, items, registry])
  return (
    <main ref={main} tabIndex={-1} aria-label={t('desktop.mapTitle')} className={styles.page}>
      <h1 className="heard-only">{t('desktop.mapTitle')}</h1>
      <Suspense fallback={<div className={styles.loading} role="status" aria-label={t('map.loading')} />}>
        <MapCanvas
          view={firstView}
          padding={noPadding}
          onReady={setMap}
          onMove={onMove}
          onSelect={setBikeNo}
          onHover={nothing}
          onDrag={nothing}
        />
      </Suspense>
      <MapTools map={map} roomy />
      <FleetNews />
      <div className={styles.state}>
        <ConnectionBadge />
        {hasData && (
          <strong data-urgent={urgent} data-testid="fleet-state">
            {text}
          </strong>
        )}
        {bike !== undefined && (
          <span role="status" className={styles.bike}>
            <StatusIcon status={bike.status} size={14} />
            {bike.code} ·{' '}
            {couriersByBike(registry.couriers).get(bike.id)?.name ?? t(`bikeStatus.${bike.status}`)}
          </span>
        )}
      </div>
    </main>
  )
}
