import type { Bike } from '@fleet/domain'
import { useMediaQuery } from '@mantine/hooks'
import { IconCalendarOff, IconMapOff } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { PageFrame } from '../app/page-frame.tsx'
import { useServices } from '../app/services.ts'
import { Nothing, RowSkeletons } from '../list-page/list-states.tsx'
import list from '../list-page/list-page.module.css'
import { bikesByCode, bikesByNo } from '../live-page/fleet-index.ts'
import { MapZoom } from '../live-page/map-tools.tsx'
import { StatusIcon } from '../live-page/status-icon.tsx'
import { useConnection, useLive, useRegistry } from '../live/live-hooks.ts'
import type { Registry } from '../live/registry.ts'
import type { FleetMap } from '../map/fleet-map.ts'
import { formatMapView, type MapView, parseMapView } from '../map/map-view.ts'
import { MomentPins } from './moment-pins.tsx'
import { ReplayBikeDrawer } from './replay-bike-drawer.tsx'
import { ReplayControls } from './replay-controls.tsx'
import { type Moment, type ReplayLog } from './replay-log.ts'
import { ReplayPlayer } from './replay-player.ts'
import { parseBikes, parseSpeed, presetWindow, type ReplaySearch, windowOf } from './replay-search.ts'
import { ReplayToolbar } from './replay-toolbar.tsx'
import { type ReplayPatch, useAddress } from './use-address.ts'
import { createLoadTracks, usePlayback, usePlayerView } from './use-player.ts'
import { useReplayData } from './use-replay-data.ts'
import { useReplayKeys } from './use-replay-keys.ts'
import styles from './replay-page.module.css'

/** Half of all code; the strip is there before it. */
const MapCanvas = lazy(() => import('../map/map-canvas.tsx'))

const detailPx = 384

/** Any time that is past, played again on the map. */
export function ReplayPage() {
  const { t } = useTranslation()
  const { hasData } = useConnection()
  return (
    <PageFrame title={t('nav.replay')} className={list.page}>
      {hasData ? <Replay /> : <RowSkeletons />}
    </PageFrame>
  )
}

function Replay() {
  const { t } = useTranslation()
  const { api } = useServices()
  const live = useLive()
  const registry = useRegistry(1_000)
  const search = useSearch({ from: '/shell/replay' })
  const navigate = useNavigate({ from: '/replay' })
  const narrow = useMediaQuery('(max-width: 760px)', false, { getInitialValueInEffect: false })
  const [player] = useState(() => new ReplayPlayer(parseSpeed(search.speed)))
  const [map, setMap] = useState<FleetMap | null>(null)
  const [following, setFollowing] = useState(false)
  const [openedByKeyboard, setOpenedByKeyboard] = useState(false)
  const finder = useRef<HTMLInputElement>(null)
  const patch = useCallback(
    (change: ReplayPatch) =>
      void navigate({ search: (before) => ({ ...before, ...change }) as ReplaySearch, replace: true }),
    [navigate],
  )

  const { text, window } = useWindow(search, patch)
  const isFuture = window.fromMs >= window.toMs
  const bikeNos = useBikeNos(search.bikes, registry.bikes)
  const load = useMemo(() => createLoadTracks(api, bikeNos), [api, bikeNos])
  const firstT = useRef(search.t)
  useEffect(() => {
    firstT.current = search.t
  }, [search.t])
  useEffect(() => {
    if (window.fromMs >= window.toMs) return undefined
    const isSame = player.window.fromMs === window.fromMs && player.window.toMs === window.toMs
    return player.open(
      window,
      isSame ? player.nowMs() : window.fromMs + Number(firstT.current ?? 0) * 1000,
      load,
    )
  }, [player, window, load])
  useEffect(() => player.setBikes(registry.bikes.values()), [player, registry.bikes])
  useAddress(player, search, patch)
  usePlayback(player, map)

  const data = useReplayData(window, bikeNos)
  const bike = search.bike === undefined ? undefined : bikesByCode(registry.bikes).get(search.bike)
  const moments = useShownMoments(data.log, registry.bikes, bikeNos, bike)
  useBikeAbout(search.of, data.log, registry.bikes, patch)

  const open = useCallback(
    (bikeNo: number | null, byKeyboard = false) => {
      setOpenedByKeyboard(byKeyboard)
      setFollowing(false)
      patch({ bike: bikeNo === null ? undefined : bikesByNo(live.registry.bikes).get(bikeNo)?.code })
    },
    [live, patch],
  )
  const close = () => {
    open(null)
    finder.current?.focus()
  }
  useReplayKeys({
    player,
    map,
    moments,
    patch,
    onFind: () => finder.current?.focus(),
    onClose: () => bike !== undefined && (close(), true),
    onFollow: () => bike !== undefined && (setFollowing(!following), true),
  })
  useBikeOnMap(map, bike, following)
  useEffect(() => map?.setZones(registry.zones.values()), [map, registry.zones])

  const [firstView] = useState(() => (search.map === undefined ? null : parseMapView(search.map)))
  const onMove = useCallback((view: MapView) => patch({ map: formatMapView(view) }), [patch])
  const onHover = useCallback((bikeNo: number | null) => map?.overlay.hover(bikeNo), [map])
  const onDrag = useCallback(() => setFollowing(false), [])
  const rightPx = bike === undefined || narrow ? 0 : detailPx
  const padding = useMemo(() => ({ top: 0, bottom: 0, left: 0, right: rightPx }), [rightPx])
  const { failed, bikes } = usePlayerView(player)
  return (
    <>
      <ReplayToolbar
        search={search}
        window={text}
        bikes={registry.bikes}
        finderRef={finder}
        onSearch={patch}
        onOpen={open}
      />
      <div className={styles.stage} style={{ '--right': `${rightPx}px` } as React.CSSProperties}>
        <Suspense fallback={<div className={styles.loading} role="status" aria-label={t('map.loading')} />}>
          <MapCanvas
            source={player}
            view={firstView}
            padding={padding}
            onReady={setMap}
            onMove={onMove}
            onSelect={open}
            onHover={onHover}
            onDrag={onDrag}
          />
        </Suspense>
        {map !== null && <MapZoom map={map} />}
        <Legend />
        <MomentPins
          map={map}
          player={player}
          log={data.log}
          moments={moments}
          bikes={registry.bikes}
          open={bike ?? null}
        />
        {isFuture ? (
          <Message>
            <Nothing icon={IconCalendarOff} title={t('replay.future')} hint={t('replay.futureHint')} />
          </Message>
        ) : (
          bikes === 0 && data.moving !== null && <NoBikes player={player} moving={data.moving} />
        )}
        {bike !== undefined && (
          <ReplayBikeDrawer
            key={bike.id}
            bike={bike}
            player={player}
            log={data.log}
            moments={moments}
            couriers={registry.couriers}
            following={following}
            takeFocus={openedByKeyboard}
            onFollow={setFollowing}
            onOnly={() => patch({ bikes: bike.code })}
            onClose={close}
          />
        )}
      </div>
      {!isFuture && (
        <ReplayControls
          player={player}
          window={window}
          moving={data.moving}
          moments={moments}
          problem={
            failed
              ? { text: t('replay.failed'), retry: player.retry }
              : data.failed
                ? { text: t('replay.eventsFailed'), retry: data.retry }
                : null
          }
        />
      )}
    </>
  )
}

/** The window that the address names, as far as it is past; without one, the last hour, which then is in the address. */
function useWindow(search: ReplaySearch, patch: (change: ReplayPatch) => void) {
  const live = useLive()
  const [first] = useState(() => presetWindow('lastHour', live.serverNowMs()))
  const { date = first.date, from = first.from, to = first.to } = search
  useEffect(() => {
    if (search.date === undefined) patch(first)
  }, [search.date, first, patch])
  return useMemo(() => {
    const text = { date, from, to }
    const { fromMs, toMs } = windowOf(text)
    return { text, window: { fromMs, toMs: Math.min(toMs, Math.floor(live.serverNowMs())) } }
  }, [date, from, to, live])
}

/** Null: all bikes. The same list for as long as the address and the codes are the same. */
function useBikeNos(text: string | undefined, bikes: Registry['bikes']): readonly number[] | null {
  const byCode = bikesByCode(bikes)
  const key = parseBikes(text)
    .flatMap((code) => byCode.get(code)?.no ?? [])
    .join()
  return useMemo(() => (key === '' ? null : key.split(',').map(Number)), [key])
}

/** What happened to the open bike; without one, to all that are shown. */
function useShownMoments(
  log: ReplayLog | null,
  bikes: Registry['bikes'],
  bikeNos: readonly number[] | null,
  open: Bike | undefined,
): readonly Moment[] {
  return useMemo(() => {
    const moments = log?.moments ?? []
    if (open !== undefined) return moments.filter(({ bikeId }) => bikeId === open.id)
    if (bikeNos === null) return moments
    const shown = new Set(bikeNos)
    return moments.filter(({ bikeId }) => bikeId !== null && shown.has(bikes.get(bikeId)?.no ?? -1))
  }, [log, bikes, bikeNos, open])
}

/** Opens the bike that a delivery or issue was about, as soon as that is known. */
function useBikeAbout(
  id: string | undefined,
  log: ReplayLog | null,
  bikes: Registry['bikes'],
  patch: (change: ReplayPatch) => void,
): void {
  useEffect(() => {
    if (id === undefined || log === null) return
    const about = log.bikeAbout(id)
    const bike = about === null ? undefined : bikes.get(about.bikeId)
    patch({ of: undefined, ...(bike === undefined ? {} : { bike: bike.code }) })
  }, [id, log, bikes, patch])
}

/** Nearer than this one follows a bike, not a city. */
const followZoom = 15.5

function useBikeOnMap(map: FleetMap | null, bike: Bike | undefined, following: boolean): void {
  useEffect(() => {
    map?.overlay.select(bike?.no ?? null)
    if (bike !== undefined) map?.camera.revealBike(bike)
  }, [map, bike])
  useEffect(() => {
    // At once: a flight would end with the first step of the play head.
    if (following) map?.map.setZoom(Math.max(map.map.getZoom(), followZoom))
    map?.camera.follow(following ? (bike?.no ?? null) : null)
  }, [map, following, bike])
}

const Message = ({ children }: { children: React.ReactNode }) => (
  <div className={styles.message} role="status">
    {children}
  </div>
)

/** Nobody reported until now: in the whole window, or the first ride is still to come. */
function NoBikes({ player, moving }: { player: ReplayPlayer; moving: readonly number[] }) {
  const { t } = useTranslation()
  const first = moving.findIndex((count) => count > 0)
  const { fromMs, toMs } = player.window
  return (
    <Message>
      {first < 0 ? (
        <Nothing icon={IconMapOff} title={t('replay.nothing')} hint={t('replay.nothingHint')} />
      ) : (
        <Nothing
          icon={IconMapOff}
          title={t('replay.notYet')}
          hint={t('replay.notYetHint')}
          resetLabel={t('replay.toFirst')}
          onReset={() => player.seek(fromMs + (first / moving.length) * (toMs - fromMs))}
        />
      )}
    </Message>
  )
}

function Legend() {
  const { t } = useTranslation()
  return (
    <ul className={styles.legend} aria-label={t('map.legend')}>
      <li>
        <StatusIcon status="in_use" size={14} />
        {t('replay.legend.riding')}
      </li>
      <li>
        <StatusIcon status="available" size={14} />
        {t('replay.legend.standing')}
      </li>
      <li className={styles.silent}>
        <StatusIcon status="available" size={14} />
        {t('replay.legend.silent')}
      </li>
    </ul>
  )
}
