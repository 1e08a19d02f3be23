import type { Bike, Point } from '@fleet/domain'
import { mapBounds } from '@fleet/domain/amsterdam'
import {
  type FitBoundsOptions,
  LngLatBounds,
  type LngLatBoundsLike,
  type Map as MapLibreMap,
  type PaddingOptions,
} from 'maplibre-gl'
import type { MapView } from './map-view.ts'
import type { MarkerSource } from './marker-source.ts'

const [west, south, east, north] = mapBounds
/** The canal belt and its surroundings: where a fleet without bikes looks. */
const city: LngLatBoundsLike = [4.84, 52.345, 4.95, 52.395]
/** Nearer to an edge than this a marker counts as out of view. */
const revealMarginPx = 28
/** What is smaller than this on the screen is looked at from nearer. */
const seenPx = 120
/** From here on a street's bikes are apart. */
const streetZoom = 15.5

/** Marks a move of the map that a person asked for by a button or key; their own drags carry `originalEvent`. */
interface AskedMove {
  readonly asked: true
}
const asked: AskedMove = { asked: true }

export interface MapCameraOptions {
  readonly map: MapLibreMap
  readonly source: MarkerSource
  readonly padding: PaddingOptions
  /** After every move that a person made or asked for. */
  readonly onMove: (view: MapView) => void
}

/** Where the map looks: told by buttons, keys and the page, and never behind a panel. */
export class MapCamera {
  readonly #map: MapLibreMap
  readonly #source: MarkerSource
  #padding: PaddingOptions
  #zoomGoal = 0
  #followedNo: number | null = null
  #followedFixMs = 0
  /** Where the map looks when it shows the city. */
  #cityPlace = ''
  /** What is under way: begun anew when the map changes its size meanwhile. */
  #move: (() => void) | null = null
  readonly #stopFollowing: () => void

  /** Shows the city when the map was given no view. */
  constructor({ map, source, padding, onMove }: MapCameraOptions, showCity: boolean) {
    this.#map = map
    this.#source = source
    this.#padding = padding
    // Before the bounds are fitted: given to both, the padding would count twice.
    map.setPadding(padding)
    if (showCity) this.#showCity()
    map.on('moveend', (event: { readonly originalEvent?: unknown } & Partial<AskedMove>) => {
      this.#move = null
      if (event.originalEvent === undefined && event.asked !== true) return
      const { lat, lng } = map.getCenter()
      onMove({ zoom: map.getZoom(), lat, lon: lng })
    })
    map.on('resize', () => {
      if (this.#move !== null) this.#start(this.#move)
      // Around the map all finds its place while it begins: whoever has not moved it sees the city whole at any size.
      else if (showCity && this.#place() === this.#cityPlace) this.#showCity()
    })
    this.#stopFollowing = source.subscribe('positions', () => this.#follow())
  }

  destroy(): void {
    this.#stopFollowing()
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
    const showsCity = this.#place() === this.#cityPlace
    // The centre moves with the padding, so that nothing on the screen does: a panel opens over a map that stands.
    this.#map.jumpTo({ center: this.#map.unproject(this.#freeCentre()), padding })
    if (showsCity) this.#cityPlace = this.#place()
  }

  zoomBy(steps: number): void {
    this.#takeSize()
    // From where the last step leads, so that three quick presses are three steps.
    const from = this.#map.isZooming() ? this.#zoomGoal : this.#map.getZoom()
    this.#zoomGoal = Math.min(this.#map.getMaxZoom(), Math.max(this.#map.getMinZoom(), from + steps))
    this.#map.easeTo({ zoom: this.#zoomGoal, duration: duration(200) }, asked)
  }

  /** Shows every placed bike; without any, the city. */
  showFleet(): void {
    const { markers } = this.#source
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
    this.#fit(bounds ?? city, { padding: 40, maxZoom: 15, duration: duration(500) }, asked)
  }

  /** Goes near enough to these bounds for what is clustered in them to come apart. */
  showCluster(bounds: LngLatBoundsLike): void {
    const maxZoom = Math.max(this.#map.getZoom() + 1.5, streetZoom)
    this.#fit(bounds, { padding: 60, maxZoom, duration: duration(450) }, asked)
  }

  /** @param byPerson false when the address asked, which then already says what it must */
  showBike(bike: Bike, byPerson: boolean): void {
    const center = this.#placeOf(bike)
    if (center === null) return
    const zoom = Math.max(this.#map.getZoom(), streetZoom)
    this.#start(() => this.#map.easeTo({ center, zoom, duration: duration(600) }, byPerson ? asked : {}))
  }

  /** Brings a bike that is out of view, or behind a panel, into it, no nearer than the map already is. */
  revealBike(bike: Bike): void {
    const center = this.#placeOf(bike)
    if (center !== null && !this.#isInView(center))
      this.#start(() => this.#map.easeTo({ center, duration: duration(500) }))
  }

  /** Brings all of these places into view, unless they are there already and large enough to be seen. */
  showPlaces(places: readonly Point[]): void {
    const bounds = boundsOf(places)
    this.#takeSize()
    const [from, to] = [this.#map.project(bounds.getNorthWest()), this.#map.project(bounds.getSouthEast())]
    const { left, top, right, bottom } = this.#freeRect()
    const isInView = from.x >= left && from.y >= top && to.x <= right && to.y <= bottom
    if (isInView && Math.max(to.x - from.x, to.y - from.y) >= seenPx) return
    this.#fit(bounds, { padding: 60, maxZoom: 16.5, duration: duration(500) })
  }

  /** Brings places into view when any of them is out of it, or behind a panel. */
  revealPlaces(places: readonly Point[]): void {
    if (places.every(({ lat, lon }) => this.#isInView([lon, lat]))) return
    this.#fit(boundsOf(places), { padding: 40, maxZoom: streetZoom, duration: duration(500) })
  }

  /** The place in the middle of what no panel covers. */
  middle(): Point {
    const { lat, lng } = this.#map.getCenter()
    return { lat, lon: lng }
  }

  #showCity(): void {
    this.#map.fitBounds(city, { padding: 12, animate: false })
    this.#cityPlace = this.#place()
  }

  /** The same for the same place from as near. */
  #place(): string {
    return `${this.#map.getZoom()} ${this.#map.getCenter().toString()}`
  }

  #fit(bounds: LngLatBoundsLike, options: FitBoundsOptions, mark?: AskedMove): void {
    this.#start(() => this.#map.fitBounds(bounds, options, mark))
  }

  /** MapLibre works out once, as a move begins, at which point of the screen it ends. */
  #start(move: () => void): void {
    this.#takeSize()
    move()
    // After the end of the move that this one cuts short; one that takes no time has ended as well.
    this.#move = this.#map.isMoving() ? move : null
  }

  /** MapLibre learns some frames late that its container has another size. */
  #takeSize(): void {
    const { clientWidth, clientHeight } = this.#map.getContainer()
    const canvas = this.#map.getCanvas()
    if (canvas.clientWidth !== clientWidth || canvas.clientHeight !== clientHeight) this.#map.resize()
  }

  #isInView(place: [number, number]): boolean {
    this.#takeSize()
    const { x, y } = this.#map.project(place)
    const { left, top, right, bottom } = this.#freeRect()
    const margin = revealMarginPx
    return x >= left + margin && x <= right - margin && y >= top + margin && y <= bottom - margin
  }

  #placeOf({ no }: Bike): [number, number] | null {
    const { markers } = this.#source
    const slot = markers.slotOfNo.get(no)
    return slot === undefined || !markers.isPlaced(slot) ? null : [markers.lon[slot]!, markers.lat[slot]!]
  }

  /** The part of the container that no panel covers, CSS px. */
  #freeRect() {
    const { clientWidth, clientHeight } = this.#map.getContainer()
    const { top = 0, bottom = 0, left = 0, right = 0 } = this.#padding
    return { left, top, right: clientWidth - right, bottom: clientHeight - bottom }
  }

  #freeCentre(): [number, number] {
    const { left, top, right, bottom } = this.#freeRect()
    return [(left + right) / 2, (top + bottom) / 2]
  }

  #follow(): void {
    if (this.#followedNo === null) return
    const { markers } = this.#source
    const slot = markers.slotOfNo.get(this.#followedNo)
    if (slot === undefined || !markers.isPlaced(slot) || markers.fixTimeMs[slot] === this.#followedFixMs)
      return
    const first = this.#followedFixMs === 0
    this.#followedFixMs = markers.fixTimeMs[slot]!
    this.#map.easeTo({
      center: [markers.lon[slot]!, markers.lat[slot]!],
      ...(first ? { zoom: Math.max(this.#map.getZoom(), streetZoom) } : {}),
      // As long and as even as the marker's own glide, so that it stands still on the screen.
      duration: duration(first ? 600 : markers.glideMs[slot]!),
      ...(first ? {} : { easing: (t: number) => t }),
    })
  }
}

function boundsOf(places: readonly Point[]): LngLatBounds {
  const bounds = new LngLatBounds()
  for (const { lat, lon } of places) bounds.extend([lon, lat])
  return bounds
}

/** Nothing moves for whoever asked their system for that. */
const duration = (ms: number): number => (matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : ms)
