import type { ImportedMap } from '@fleet/api'
import type { Point, Zone } from '@fleet/domain'
import { panBounds } from '@fleet/domain/amsterdam'
import {
  type GeoJSONSource,
  Map as MapLibreMap,
  type MapMouseEvent,
  type PaddingOptions,
  setWorkerUrl,
} from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
// oxlint-disable-next-line import/no-unassigned-import -- a style sheet
import 'maplibre-gl/dist/maplibre-gl.css'
import type { Language } from '../i18n/language.ts'
import type { Scheme } from '../theme/statuses.ts'
import { FleetOverlay } from './fleet-overlay.ts'
import { importedSource, registerTileArchives } from './imported-map-source.ts'
import { MapCamera } from './map-camera.ts'
import { createMapStyle, groundSource } from './map-style.ts'
import type { MapView } from './map-view.ts'
import type { MarkerSource } from './marker-source.ts'
import { type Outline, outlineFeatures } from './outline-layers.ts'
import { type OwnSource, ownSources, stopLine, zoneFeatures } from './own-layers.ts'
import { type StopPin, StopPins } from './stop-pins.ts'
import type { TrailPoint } from './markers/trail-buffer.ts'

// A file of ours, not a blob: the Content-Security-Policy then needs no exception.
setWorkerUrl(workerUrl)

export interface FleetMapOptions {
  readonly container: HTMLElement
  readonly source: MarkerSource
  readonly scheme: Scheme
  readonly language: Language
  /** Null: the shipped map is drawn. */
  readonly imported: ImportedMap | null
  readonly view: MapView | null
  readonly padding: PaddingOptions
  /** Deck draws into MapLibre's canvas instead of its own; slower, kept to be measured against. */
  readonly interleaved: boolean
  readonly onMove: (view: MapView) => void
  readonly onSelect: (bikeNo: number | null) => void
  /** A click where no bike is. */
  readonly onGround?: (at: Point) => void
  readonly onHover: (bikeNo: number | null) => void
  /** A hand on the map ends following. */
  readonly onDrag: () => void
  /** Tiles of the imported map could not be had: it may be gone. */
  readonly onTilesMissing: () => void
}

const clickReachPx = 6
/** Whoever lets something fall on a marker aims less well than whoever clicks it. */
const dropReachPx = 18
const groundPatienceMs = 2_000
/** How pmtiles and the browsers say that nothing came; between workers only the text is left of an error. */
const unreachable = /Bad response code|Failed to fetch|NetworkError|Load failed/

/** MapLibre, deck.gl and the hands on them. Not React: it lives as long as the page and is told what changes. */
export class FleetMap {
  readonly map: MapLibreMap
  readonly camera: MapCamera
  readonly overlay: FleetOverlay
  readonly #options: FleetMapOptions
  #scheme: Scheme
  #language: Language
  #imported: ImportedMap | null
  #data: Record<OwnSource, GeoJSON.FeatureCollection> = {
    zones: { type: 'FeatureCollection', features: [] },
    outline: { type: 'FeatureCollection', features: [] },
    stops: { type: 'FeatureCollection', features: [] },
  }
  /** What each source was last told; a source that a new style replaced has been told nothing. */
  readonly #given = new WeakMap<GeoJSONSource, GeoJSON.FeatureCollection>()
  #withNames = false
  #styleLoaded = false
  #restyleWhenLoaded = false
  readonly #pins: StopPins
  #picks = true
  #patience: ReturnType<typeof setTimeout> | undefined

  /** @throws when the browser has no WebGL 2 */
  constructor(options: FleetMapOptions) {
    this.#options = options
    this.#scheme = options.scheme
    this.#language = options.language
    this.#imported = options.imported
    registerTileArchives()
    this.map = new MapLibreMap({
      container: options.container,
      style: this.#style(),
      ...(options.view === null
        ? {}
        : { center: [options.view.lon, options.view.lat], zoom: options.view.zoom }),
      maxBounds: [...panBounds],
      minZoom: 9.5,
      maxZoom: 18.5,
      // The imported map's tiles end at 14: nearer zooms are cut out of those, each with its own names and numbers.
      zoomLevelsToOverscale: 0,
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
    this.camera = new MapCamera({ ...options, map: this.map }, options.view === null)
    this.overlay = new FleetOverlay(options.source, this.map, options.scheme, options.interleaved)
    this.#listen()
  }

  setAppearance(scheme: Scheme, language: Language): void {
    if (scheme === this.#scheme && language === this.#language) return
    this.#scheme = scheme
    this.#language = language
    this.overlay.setScheme(scheme)
    this.#restyle()
  }

  setImportedMap(imported: ImportedMap | null): void {
    if (imported?.id === this.#imported?.id) return
    this.#imported = imported
    this.#restyle()
  }

  setZones(zones: Iterable<Zone>): void {
    this.#setData('zones', zoneFeatures(zones))
  }

  /** The zone that stands out; null: none. */
  setOutline(outline: Outline | null): void {
    this.#setData('outline', outlineFeatures(outline))
  }

  /** Clicks pick nothing and no bike is shown while something is drawn on the map. */
  setDrawing(drawing: boolean): void {
    this.#picks = !drawing
    this.overlay.hover(null)
    this.overlay.filter(drawing ? () => false : null)
  }

  setStops(pins: readonly StopPin[]): void {
    this.#pins.show(pins)
    const lines = stopLine(pins)
    // Pins are elements of the page: for them alone the map need not be drawn anew.
    if (lines.features.length + this.#data.stops.features.length > 0) this.#setData('stops', lines)
  }

  setTrail(points: readonly TrailPoint[]): void {
    this.overlay.setTrail(points)
  }

  /** The bike whose marker is at this point of the page; null where there is none or a cluster. */
  bikeAt(clientX: number, clientY: number): number | null {
    const { left, top } = this.map.getContainer().getBoundingClientRect()
    const pick = this.overlay.pick(clientX - left, clientY - top, dropReachPx)
    return pick?.kind === 'bike' ? pick.bikeNo : null
  }

  destroy(): void {
    clearTimeout(this.#patience)
    this.camera.destroy()
    this.#pins.show([])
    this.overlay.destroy()
    this.map.remove()
  }

  #style() {
    return createMapStyle({
      scheme: this.#scheme,
      language: this.#language,
      withNames: this.#withNames,
      data: this.#data,
      imported: this.#imported,
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

  #listen(): void {
    const { map } = this
    this.#listenToStyle()
    const { onSelect, onHover, onDrag } = this.#options
    map.on('dragstart', onDrag)
    map.on('click', (event: MapMouseEvent) => {
      if (!this.#picks) return
      const pick = this.overlay.pick(event.point.x, event.point.y, clickReachPx)
      if (pick?.kind === 'cluster') {
        const { west, south, east, north } = pick.cluster
        this.camera.showCluster([west, south, east, north])
      } else {
        onSelect(pick?.bikeNo ?? null)
        if (pick === null) this.#options.onGround?.({ lat: event.lngLat.lat, lon: event.lngLat.lng })
      }
    })
    let moved: MapMouseEvent | null = null
    map.on('mousemove', (event: MapMouseEvent) => {
      if (moved === null)
        requestAnimationFrame(() => {
          const last = moved
          moved = null
          if (last === null || !this.#picks) return
          const pick = this.overlay.pick(last.point.x, last.point.y, 3)
          map.getCanvas().style.cursor = pick === null ? '' : 'pointer'
          onHover(pick?.kind === 'bike' ? pick.bikeNo : null)
        })
      moved = event
    })
    map.on('mouseout', () => onHover(null))
  }

  /** Ground first; bikes, which have a drawing context of their own, and names once it is painted. The marks are for whoever measures the start. */
  #listenToStyle(): void {
    const { map } = this
    performance.mark('fleet-map-made')
    map.on('styledata', () => this.#giveData())
    map.on('error', (event) => {
      // MapLibre says of which source it was, in a field that its types leave out.
      const isTile = (event as { readonly sourceId?: string }).sourceId === importedSource
      if (isTile) this.#options.onTilesMissing()
      // What cannot be had is expected and asked about; what cannot be read is not.
      if (!isTile || !unreachable.test(event.error.message)) console.error(event.error)
    })
    map.on('style.load', () => {
      this.#styleLoaded = true
      if (this.#restyleWhenLoaded) this.#restyle()
      this.#restyleWhenLoaded = false
    })
    const whenGroundIsPainted = () => {
      if (!map.isSourceLoaded(groundSource(this.#imported))) return
      map.off('render', whenGroundIsPainted)
      performance.mark('fleet-map-ground')
      this.overlay.show()
      this.#withNames = true
      this.#restyle()
      map.once('idle', () => performance.mark('fleet-map-names'))
    }
    map.once('style.load', () => map.on('render', whenGroundIsPainted))
    // A ground that does not come keeps no bike away.
    this.#patience = setTimeout(() => this.overlay.show(), groundPatienceMs)
  }
}
