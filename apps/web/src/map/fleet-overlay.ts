import { MapboxOverlay } from '@deck.gl/mapbox'
import type { Map as MapLibreMap } from 'maplibre-gl'
import { steadyNow } from '../app/services.ts'
import type { Scheme } from '../theme/statuses.ts'
import { GlidePace, labelMinZoom, markerRadiusPx, metresPerPixel } from './frame-pace.ts'
import type { MarkerSource } from './marker-source.ts'
import { BikeBuffer, bikeFlags } from './markers/bike-buffer.ts'
import { BikeLayer, overlayLayerProps } from './markers/bike-layer.ts'
import { ClusterBuffer, ClusterLayer, clusterRadiusPx } from './markers/cluster-layer.ts'
import { type Cluster, clusterLevel, createClusters } from './markers/clusters.ts'
import { type LookProps, type SchemeLook, schemeLook } from './markers/look-uniforms.ts'
import { TrailBuffer, type TrailPoint } from './markers/trail-buffer.ts'
import { TrailLayer, trailParameters } from './markers/trail-layer.ts'

/** So much of the view's size is packed beyond each edge: a drag of a third of the screen packs nothing anew. */
const boundsMargin = 0.3

export type Pick =
  | { readonly kind: 'bike'; readonly bikeNo: number }
  | { readonly kind: 'cluster'; readonly cluster: Cluster }

/**
 * Bikes, clusters and the trail over the base map. The fleet is packed once for each batch of fixes; between
 * batches a frame costs a handful of draw calls, because the shader glides the bikes.
 */
export class FleetOverlay {
  readonly #source: MarkerSource
  readonly #map: MapLibreMap
  readonly #overlay: MapboxOverlay
  readonly #bikes = new BikeBuffer()
  /** Selected and hovered once more, above all others and never inside a cluster. */
  readonly #marked = new BikeBuffer()
  readonly #clusterBuffer = new ClusterBuffer()
  readonly #trail = new TrailBuffer()
  #clusters: readonly Cluster[] = []
  #singles: number[] = []
  #layers: (BikeLayer | ClusterLayer | TrailLayer)[] = []
  #look: SchemeLook
  #selectedNo: number | null = null
  #hoveredNo: number | null = null
  #shown: ((slot: number) => boolean) | null = null
  #history: TrailPoint[] = []
  #packedRevision = -1
  #packedLevel = Number.NaN
  /** West, south, east, north: bikes outside are not packed. */
  #packedBounds: readonly [number, number, number, number] = [0, 0, 0, 0]
  #stale = true
  #frame = 0
  readonly #pace = new GlidePace()
  readonly #stops: (() => void)[] = []

  constructor(source: MarkerSource, map: MapLibreMap, scheme: Scheme, interleaved: boolean) {
    this.#source = source
    this.#map = map
    this.#look = schemeLook(scheme)
    this.#overlay = new MapboxOverlay({ interleaved, layers: [] })
    const refresh = () => this.#schedule()
    map.on('move', refresh)
    this.#stops.push(() => map.off('move', refresh), source.subscribe('positions', refresh))
    document.addEventListener('visibilitychange', refresh)
    this.#stops.push(() => document.removeEventListener('visibilitychange', refresh))
    // Ages fade also when nothing comes.
    const ageing = setInterval(() => this.#redraw(), 5_000)
    this.#stops.push(() => clearInterval(ageing))
    this.#schedule()
  }

  /** Begins to draw. Until then what it is told is kept. */
  show(): void {
    if (this.#layers.length > 0) return
    this.#map.addControl(this.#overlay)
    this.#makeLayers()
    this.#invalidate()
  }

  setScheme(scheme: Scheme): void {
    this.#look = schemeLook(scheme)
    this.#redraw()
  }

  select(bikeNo: number | null): void {
    this.#selectedNo = bikeNo
    this.#history = []
    this.#invalidate()
  }

  hover(bikeNo: number | null): void {
    if (bikeNo === this.#hoveredNo) return
    this.#hoveredNo = bikeNo
    this.#invalidate()
  }

  /** @param shown null shows every bike */
  filter(shown: ((slot: number) => boolean) | null): void {
    this.#shown = shown
    this.#invalidate()
  }

  /** @param points oldest first, by the clock of the source */
  setTrail(points: readonly TrailPoint[]): void {
    this.#history = [...points]
    this.#invalidate()
  }

  /** What lies within reach of a point of the map's container. Ten thousand distances take a fraction of a ms. */
  pick(x: number, y: number, reachPx: number): Pick | null {
    const { markers } = this.#source
    const at = this.#map.unproject([x, y])
    const mPerPx = metresPerPixel(this.#map.getZoom())
    const mPerLat = 111_195
    const mPerLon = mPerLat * Math.cos((at.lat * Math.PI) / 180)
    const distancePx = (lat: number, lon: number) =>
      Math.hypot((lon - at.lng) * mPerLon, (lat - at.lat) * mPerLat) / mPerPx
    const nowMs = this.#source.nowMs()
    const radius = markerRadiusPx(this.#map.getZoom())
    let best: Pick | null = null
    let bestPx = radius + reachPx
    const consider = (slot: number) => {
      const point = markers.drawnAt(slot, nowMs)
      const px = distancePx(point.lat, point.lon)
      if (px < bestPx) {
        bestPx = px
        best = { kind: 'bike', bikeNo: markers.bikeNo[slot]! }
      }
    }
    for (const slot of this.#singles) if (markers.isPlaced(slot)) consider(slot)
    for (const slot of this.#markedSlots()) consider(slot)
    if (best !== null) return best
    for (const cluster of this.#clusters)
      if (distancePx(cluster.lat, cluster.lon) <= clusterRadiusPx(cluster.count))
        return { kind: 'cluster', cluster }
    return null
  }

  destroy(): void {
    cancelAnimationFrame(this.#frame)
    for (const stop of this.#stops) stop()
    if (this.#layers.length > 0) this.#map.removeControl(this.#overlay)
  }

  #makeLayers(): void {
    const lookAt = (epochMs: number) => this.#lookAt(epochMs, false)
    const lookAtMarked = (epochMs: number) => this.#lookAt(epochMs, true)
    this.#layers = [
      new TrailLayer({
        ...overlayLayerProps,
        id: 'trail',
        parameters: trailParameters,
        buffer: this.#trail,
        lookAt,
      }),
      new BikeLayer({ ...overlayLayerProps, id: 'bikes', buffer: this.#bikes, lookAt }),
      new ClusterLayer({ ...overlayLayerProps, id: 'clusters', buffer: this.#clusterBuffer, lookAt }),
      new BikeLayer({ ...overlayLayerProps, id: 'marked', buffer: this.#marked, lookAt: lookAtMarked }),
    ]
    this.#overlay.setProps({ layers: this.#layers })
  }

  #lookAt(epochMs: number, marked: boolean): LookProps {
    const zoom = this.#map.getZoom()
    return {
      ...this.#look,
      nowS: (this.#source.nowMs() - epochMs) / 1000,
      radiusPx: markerRadiusPx(zoom) * (marked ? 1.2 : 1),
      labels: marked || zoom >= labelMinZoom ? 1 : 0,
      devicePixels: devicePixelRatio,
    }
  }

  #invalidate(): void {
    this.#stale = true
    this.#schedule()
  }

  #schedule(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#tick())
  }

  /** One step of the loop, which runs only while something moves. */
  #tick(): void {
    this.#frame = 0
    if (document.visibilityState === 'hidden') return
    const { markers } = this.#source
    const nowMs = this.#source.nowMs()
    const drawnAtMs = steadyNow()
    const level = clusterLevel(this.#map.getZoom())
    if (
      this.#stale ||
      markers.revision !== this.#packedRevision ||
      level !== this.#packedLevel ||
      !this.#isPackedAround()
    ) {
      this.#stale = false
      this.#packedRevision = markers.revision
      this.#packedLevel = level
      this.#pack(nowMs)
      this.#redraw()
      this.#pace.drawn(drawnAtMs)
    } else if (this.#pace.isDue(drawnAtMs, this.#map.getZoom())) {
      this.#redraw()
      this.#pace.drawn(drawnAtMs)
    }
    if (nowMs < markers.glidesUntilMs) this.#schedule()
  }

  #redraw(): void {
    for (const layer of this.#layers) {
      const current = layer.getCurrentLayer()
      if (current?.internalState) current.setNeedsRedraw()
    }
  }

  #pack(nowMs: number): void {
    const { markers, clock } = this.#source
    const placed: number[] = []
    const [west, south, east, north] = (this.#packedBounds = this.#viewBounds(boundsMargin))
    for (let slot = 0; slot < markers.size; slot++) {
      const lon = markers.lon[slot]!
      const lat = markers.lat[slot]!
      if (lon < west || lon > east || lat < south || lat > north || !markers.isPlaced(slot)) continue
      if (this.#shown === null || this.#shown(slot)) placed.push(slot)
    }
    this.#singles = []
    this.#clusters = createClusters(
      { lat: markers.lat, lon: markers.lon, status: markers.status, slots: placed },
      this.#map.getZoom(),
      (slot) => this.#singles.push(slot),
    )
    const marked = this.#markedSlots()
    const single = new Set(marked)
    this.#bikes.pack(
      markers,
      this.#singles,
      this.#singles.length,
      (slot) => (single.has(slot) ? 0 : bikeFlags.visible),
      nowMs,
      clock.offsetMs,
    )
    this.#marked.pack(
      markers,
      marked,
      2,
      (slot) =>
        bikeFlags.visible |
        (markers.bikeNo[slot] === this.#selectedNo ? bikeFlags.selected : bikeFlags.hovered),
      nowMs,
      clock.offsetMs,
    )
    this.#clusterBuffer.pack(this.#clusters)
    this.#packTrail(nowMs)
  }

  /** @param margin shares of the view's own size to add on each side */
  #viewBounds(margin: number): readonly [number, number, number, number] {
    const bounds = this.#map.getBounds()
    const [west, south, east, north] = [
      bounds.getWest(),
      bounds.getSouth(),
      bounds.getEast(),
      bounds.getNorth(),
    ]
    const lon = (east - west) * margin
    const lat = (north - south) * margin
    return [west - lon, south - lat, east + lon, north + lat]
  }

  #isPackedAround(): boolean {
    const [west, south, east, north] = this.#viewBounds(0)
    const [w, s, e, n] = this.#packedBounds
    return west >= w && south >= s && east <= e && north <= n
  }

  /** Hovered first, so that the selected one lies on top. */
  #markedSlots(): number[] {
    const { markers } = this.#source
    const slots: number[] = []
    for (const no of [this.#hoveredNo, this.#selectedNo]) {
      const slot = no === null ? undefined : markers.slotOfNo.get(no)
      if (slot !== undefined && markers.isPlaced(slot) && !slots.includes(slot)) slots.push(slot)
    }
    return slots
  }

  #packTrail(nowMs: number): void {
    if (this.#source.packTrails !== undefined) {
      this.#source.packTrails(this.#trail)
      return
    }
    const { markers, clock } = this.#source
    const slot = this.#selectedNo === null ? undefined : markers.slotOfNo.get(this.#selectedNo)
    if (slot === undefined || !markers.isPlaced(slot)) {
      this.#trail.pack([], null, nowMs)
      return
    }
    const timeMs = markers.fixTimeMs[slot]! - clock.offsetMs
    const head = { lat: markers.lat[slot]!, lon: markers.lon[slot]!, timeMs }
    if ((this.#history.at(-1)?.timeMs ?? 0) < timeMs) this.#history.push(head)
    const before = this.#history.filter((point) => point.timeMs < timeMs)
    const last = before.at(-1)
    const glideMs = markers.glideMs[slot]!
    // While the marker glides, its way begins where it was drawn, which is near the fix before and not on it.
    if (glideMs > 0 && last !== undefined)
      before[before.length - 1] = {
        lat: markers.fromLat[slot]!,
        lon: markers.fromLon[slot]!,
        timeMs: last.timeMs,
      }
    this.#trail.pack(before, { ...head, glideStartMs: markers.glideStartMs[slot]!, glideMs }, nowMs)
  }
}
