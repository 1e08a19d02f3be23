import type { Bike, Zone } from '@fleet/domain'
import { mapBounds } from '@fleet/domain/amsterdam'
import {
  type GeoJSONSource,
  type LngLatBoundsLike,
  Map as MapLibreMap,
  type MapMouseEvent,
  type PaddingOptions,
  setWorkerUrl,
} from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
// oxlint-disable-next-line import/no-unassigned-import -- a style sheet
import 'maplibre-gl/dist/maplibre-gl.css'
import type { Language } from '../i18n/language.ts'
import type { LiveStore } from '../live/live-store.ts'
import type { Scheme } from '../theme/statuses.ts'
import { FleetOverlay } from './fleet-overlay.ts'
import { createMapStyle } from './map-style.ts'
import type { MapView } from './map-view.ts'
import { type OwnSource, ownSources, stopLine, zoneFeatures } from './own-layers.ts'
import { type StopPin, StopPins } from './stop-pins.ts'
import type { TrailPoint } from './markers/trail-layer.ts'

// A file of ours, not a blob: the Content-Security-Policy then needs no exception.
setWorkerUrl(workerUrl)

export interface FleetMapOptions {
  readonly container: HTMLElement
  readonly live: LiveStore
  readonly scheme: Scheme
  readonly language: Language
  readonly view: MapView | null
  readonly padding: PaddingOptions
  /** Deck draws into MapLibre's canvas instead of its own; slower, kept to be measured against. */
  readonly interleaved: boolean
  readonly onMove: (view: MapView) => void
  readonly onSelect: (bikeNo: number | null) => void
  readonly onHover: (bikeNo: number | null) => void
  /** A hand on the map ends following. */
  readonly onDrag: () => void
}

const [west, south, east, north] = mapBounds
/** The canal belt and its surroundings: where a fleet without bikes looks. */
const city: LngLatBoundsLike = [4.84, 52.345, 4.95, 52.395]
const clickReachPx = 6
/** Nearer to an edge than this a marker counts as out of view. */
const revealMarginPx = 28

/** Marks a move of the map that a person asked for by a button or key; their own drags carry `originalEvent`. */
interface AskedMove {
  readonly asked: true
}
const asked: AskedMove = { asked: true }

/** MapLibre, deck.gl and the hands on them. Not React: it lives as long as the page and is told what changes. */
export class FleetMap {
  readonly map: MapLibreMap
  readonly overlay: FleetOverlay
  readonly #options: FleetMapOptions
  readonly #live: LiveStore
  #padding: PaddingOptions
  #scheme: Scheme
  #language: Language
  #data: Record<OwnSource, GeoJSON.FeatureCollection> = {
    zones: { type: 'FeatureCollection', features: [] },
    stops: { type: 'FeatureCollection', features: [] },
  }
  /** What each source was last told; a source that a new style replaced has been told nothing. */
  readonly #given = new WeakMap<GeoJSONSource, GeoJSON.FeatureCollection>()
  #withNames = false
  #styleLoaded = false
  #restyleWhenLoaded = false
  readonly #pins: StopPins
  #zoomGoal = 0
  #followedNo: number | null = null
  #followedFixMs = 0
  #stopFollowing: () => void

  /** @throws when the browser has no WebGL 2 */
  constructor(options: FleetMapOptions) {
    this.#options = options
    this.#live = options.live
    this.#padding = options.padding
    this.#scheme = options.scheme
    this.#language = options.language
    this.map = new MapLibreMap({
      container: options.container,
      style: this.#style(),
      ...(options.view === null
        ? {}
        : { center: [options.view.lon, options.view.lat], zoom: options.view.zoom }),
      maxBounds: [west - 0.25, south - 0.15, east + 0.25, north + 0.15],
      minZoom: 9.5,
      maxZoom: 18.5,
      // North stays up: headings are read off the markers, and a turned map makes every one of them a riddle.
      dragRotate: false,
      touchPitch: false,
      pitchWithRotate: false,
      keyboard: false,
      attributionControl: false,
      fadeDuration: 150,
      canvasContextAttributes: { antialias: false },
    })
    this.#pins = new StopPins(this.map)
    this.map.touchZoomRotate.disableRotation()
    // Before the bounds are fitted: given to both, the padding would count twice.
    this.map.setPadding(options.padding)
    if (options.view === null) this.map.fitBounds(city, { padding: 12, animate: false })
    this.overlay = new FleetOverlay(options.live, this.map, options.scheme, options.interleaved)
    this.#listen()
    this.#stopFollowing = options.live.subscribe('positions', () => this.#follow())
  }

  setAppearance(scheme: Scheme, language: Language): void {
    if (scheme === this.#scheme && language === this.#language) return
    this.#scheme = scheme
    this.#language = language
    this.overlay.setScheme(scheme)
    this.#restyle()
  }

  setZones(zones: Iterable<Zone>): void {
    this.#setData('zones', zoneFeatures(zones))
  }

  setStops(pins: readonly StopPin[]): void {
    this.#pins.show(pins)
    this.#setData('stops', stopLine(pins))
  }

  setTrail(points: readonly TrailPoint[]): void {
    this.overlay.setTrail(points)
  }

  /** Keeps the bike in the middle; null lets go. */
  follow(bikeNo: number | null): void {
    this.#followedNo = bikeNo
    this.#followedFixMs = 0
    this.#follow()
  }

  setPadding(padding: PaddingOptions): void {
    const before = this.#padding
    this.#padding = padding
    if ((['top', 'bottom', 'left', 'right'] as const).every((side) => before[side] === padding[side])) return
    // The centre moves with the padding, so that nothing on the screen does: a panel opens over a map that stands.
    this.map.jumpTo({ center: this.map.unproject(this.#freeCentre()), padding })
  }

  zoomBy(steps: number): void {
    // From where the last step leads, so that three quick presses are three steps.
    const from = this.map.isZooming() ? this.#zoomGoal : this.map.getZoom()
    this.#zoomGoal = Math.min(this.map.getMaxZoom(), Math.max(this.map.getMinZoom(), from + steps))
    this.map.easeTo({ zoom: this.#zoomGoal, duration: this.#duration(200) }, asked)
  }

  /** Shows every placed bike; without any, the city. */
  showFleet(): void {
    const { markers } = this.#live
    let bounds: [number, number, number, number] | null = null
    for (let slot = 0; slot < markers.size; slot++) {
      if (!markers.isPlaced(slot)) continue
      const { lat, lon } = { lat: markers.lat[slot]!, lon: markers.lon[slot]! }
      // A tracker that reports from its factory must not zoom the city away.
      if (lon < west || lon > east || lat < south || lat > north) continue
      bounds ??= [lon, lat, lon, lat]
      bounds = [
        Math.min(bounds[0], lon),
        Math.min(bounds[1], lat),
        Math.max(bounds[2], lon),
        Math.max(bounds[3], lat),
      ]
    }
    this.map.fitBounds(bounds ?? city, { padding: 40, maxZoom: 15, duration: this.#duration(500) }, asked)
  }

  /** @param byPerson false when the address asked, which then already says what it must */
  showBike(bike: Bike, byPerson: boolean): void {
    const { markers } = this.#live
    const slot = markers.slotOfNo.get(bike.no)
    if (slot === undefined || !markers.isPlaced(slot)) return
    this.map.easeTo(
      {
        center: [markers.lon[slot]!, markers.lat[slot]!],
        zoom: Math.max(this.map.getZoom(), 15.5),
        duration: this.#duration(600),
      },
      byPerson ? asked : {},
    )
  }

  /** Brings a bike that is out of view, or behind a panel, into it, no nearer than the map already is. */
  revealBike(bike: Bike): void {
    const { markers } = this.#live
    const slot = markers.slotOfNo.get(bike.no)
    if (slot === undefined || !markers.isPlaced(slot)) return
    const center: [number, number] = [markers.lon[slot]!, markers.lat[slot]!]
    const { x, y } = this.map.project(center)
    const { left, top, right, bottom } = this.#freeRect()
    const margin = revealMarginPx
    if (x < left + margin || x > right - margin || y < top + margin || y > bottom - margin)
      this.map.easeTo({ center, duration: this.#duration(500) })
  }

  destroy(): void {
    this.#stopFollowing()
    this.#pins.show([])
    this.overlay.destroy()
    this.map.remove()
  }

  /** The part of the container that no panel covers, CSS px. */
  #freeRect() {
    const { clientWidth, clientHeight } = this.map.getContainer()
    const { top = 0, bottom = 0, left = 0, right = 0 } = this.#padding
    return { left, top, right: clientWidth - right, bottom: clientHeight - bottom }
  }

  #freeCentre(): [number, number] {
    const { left, top, right, bottom } = this.#freeRect()
    return [(left + right) / 2, (top + bottom) / 2]
  }

  #style() {
    return createMapStyle({
      scheme: this.#scheme,
      language: this.#language,
      withNames: this.#withNames,
      data: this.#data,
    })
  }

  /** A style that is still loading takes no other: what changed meanwhile is caught up with once it is there. */
  #restyle(): void {
    if (this.#styleLoaded) this.map.setStyle(this.#style(), { diff: true })
    else this.#restyleWhenLoaded = true
  }

  #setData(name: OwnSource, data: GeoJSON.FeatureCollection): void {
    this.#data = { ...this.#data, [name]: data }
    this.#giveData()
  }

  /** Gives each source what it should hold and does not; while there is no source, the next style event comes here. */
  #giveData(): void {
    for (const name of ownSources) {
      const source = this.map.getSource<GeoJSONSource>(name)
      if (source === undefined || this.#given.get(source) === this.#data[name]) continue
      this.#given.set(source, this.#data[name])
      void source.setData(this.#data[name])
    }
  }

  #follow(): void {
    if (this.#followedNo === null) return
    const { markers } = this.#live
    const slot = markers.slotOfNo.get(this.#followedNo)
    if (slot === undefined || !markers.isPlaced(slot) || markers.fixTimeMs[slot] === this.#followedFixMs)
      return
    const first = this.#followedFixMs === 0
    this.#followedFixMs = markers.fixTimeMs[slot]!
    this.map.easeTo({
      center: [markers.lon[slot]!, markers.lat[slot]!],
      ...(first ? { zoom: Math.max(this.map.getZoom(), 15.5) } : {}),
      // As long and as even as the marker's own glide, so that it stands still on the screen.
      duration: this.#duration(first ? 600 : markers.glideMs[slot]!),
      ...(first ? {} : { easing: (t: number) => t }),
    })
  }

  #listen(): void {
    const { map } = this
    this.#listenToStyle()
    const { onMove, onSelect, onHover, onDrag } = this.#options
    map.on('moveend', (event: { readonly originalEvent?: unknown } & Partial<AskedMove>) => {
      if (event.originalEvent === undefined && event.asked !== true) return
      const { lat, lng } = map.getCenter()
      onMove({ zoom: map.getZoom(), lat, lon: lng })
    })
    map.on('dragstart', onDrag)
    map.on('click', (event: MapMouseEvent) => {
      const pick = this.overlay.pick(event.point.x, event.point.y, clickReachPx)
      if (pick?.kind === 'cluster') {
        const { west, south, east, north } = pick.cluster
        map.fitBounds(
          [west, south, east, north],
          { padding: 60, maxZoom: Math.max(map.getZoom() + 1.5, 15.5), duration: this.#duration(450) },
          asked,
        )
      } else onSelect(pick?.bikeNo ?? null)
    })
    let moved: MapMouseEvent | null = null
    map.on('mousemove', (event: MapMouseEvent) => {
      if (moved === null)
        requestAnimationFrame(() => {
          const last = moved
          moved = null
          if (last === null) return
          const pick = this.overlay.pick(last.point.x, last.point.y, 3)
          map.getCanvas().style.cursor = pick === null ? '' : 'pointer'
          onHover(pick?.kind === 'bike' ? pick.bikeNo : null)
        })
      moved = event
    })
    map.on('mouseout', () => onHover(null))
  }

  /** Ground first, names once it is painted. The marks are for whoever measures the start. */
  #listenToStyle(): void {
    const { map } = this
    performance.mark('fleet-map-made')
    map.on('styledata', () => this.#giveData())
    map.on('style.load', () => {
      this.#styleLoaded = true
      if (this.#restyleWhenLoaded) this.#restyle()
      this.#restyleWhenLoaded = false
    })
    const whenGroundIsPainted = () => {
      if (!map.isSourceLoaded('ground')) return
      map.off('render', whenGroundIsPainted)
      performance.mark('fleet-map-ground')
      this.#withNames = true
      this.#restyle()
      map.once('idle', () => performance.mark('fleet-map-names'))
    }
    map.once('style.load', () => map.on('render', whenGroundIsPainted))
  }

  #duration(ms: number): number {
    return matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : ms
  }
}
