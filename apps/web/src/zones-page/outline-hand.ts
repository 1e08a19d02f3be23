import type { Point, ZoneKind } from '@fleet/domain'
import type { MapMouseEvent, Subscription } from 'maplibre-gl'
import type { FleetMap } from '../map/fleet-map.ts'
import { addCorner, closeDraft, type OutlineDraft, replaceCorners } from './outline-draft.ts'
import { type HandleNames, OutlineHandles } from './outline-handles.ts'

export interface OutlineHandOptions {
  readonly map: FleetMap
  readonly names: HandleNames
  readonly onDraft: (change: (draft: OutlineDraft) => OutlineDraft) => void
  /** As it would be if the hand let go now; null when it has. */
  readonly onPreview: (corners: readonly Point[] | null) => void
  /** The corner whose handle has the focus. */
  readonly onChoose: (index: number) => void
  /** Whether corners have handles, or are too many to have any. */
  readonly onShown: (shown: boolean) => void
}

/** A click this near to a corner means that corner. */
const cornerReachPx = 10

/** A hand that draws a border on the map, and takes hold of its corners once it is closed. */
export class OutlineHand {
  readonly #options: OutlineHandOptions
  readonly #map: FleetMap
  readonly #handles: OutlineHandles
  #draft: OutlineDraft | null = null
  #kind: ZoneKind = 'slow'
  /** Where the mouse is; null while it is elsewhere, and the middle of the map stands for it. */
  #pointer: Point | null = null
  #frame = 0
  readonly #subscriptions: readonly Subscription[]

  constructor(options: OutlineHandOptions) {
    this.#options = options
    this.#map = options.map
    this.#handles = new OutlineHandles(options.map.map, options.names, {
      onCorners: (corners) => options.onDraft((draft) => replaceCorners(draft, corners)),
      onPreview: (corners) => {
        if (corners !== null) this.#map.setOutline({ kind: this.#kind, corners, closed: true, pointer: null })
        options.onPreview(corners)
      },
      onChoose: options.onChoose,
      onShown: options.onShown,
    })
    const { map } = options.map
    options.map.setDrawing(true)
    map.doubleClickZoom.disable()
    this.#subscriptions = [
      map.on('click', (event) => this.#click(event)),
      map.on('mousemove', ({ lngLat }) => this.#point({ lat: lngLat.lat, lon: lngLat.lng })),
      map.on('mouseout', () => this.#point(null)),
      map.on('move', () => this.#redraw()),
    ]
  }

  show(draft: OutlineDraft, kind: ZoneKind): void {
    this.#draft = draft
    this.#kind = kind
    this.#map.map.getCanvas().style.cursor = draft.closed ? '' : 'crosshair'
    this.#handles.show(draft.closed ? draft.corners : [])
    this.#draw()
  }

  focusCorner(index: number): void {
    this.#handles.focusCorner(index)
  }

  destroy(): void {
    cancelAnimationFrame(this.#frame)
    for (const subscription of this.#subscriptions) subscription.unsubscribe()
    this.#handles.destroy()
    this.#map.map.doubleClickZoom.enable()
    this.#map.map.getCanvas().style.cursor = ''
    this.#map.setDrawing(false)
    this.#map.setOutline(null)
  }

  #click(event: MapMouseEvent): void {
    const draft = this.#draft
    if (draft === null || draft.closed) return
    const { corners } = draft
    const isAt = (corner: Point | undefined) => {
      if (corner === undefined) return false
      const { x, y } = this.#map.map.project([corner.lon, corner.lat])
      return Math.hypot(x - event.point.x, y - event.point.y) <= cornerReachPx
    }
    // The first corner closes the ring; so does the last, which is where the second click of a double click comes down.
    if (corners.length >= 3 && (isAt(corners[0]) || isAt(corners.at(-1)))) this.#options.onDraft(closeDraft)
    else if (!isAt(corners.at(-1)))
      this.#options.onDraft((before) => addCorner(before, { lat: event.lngLat.lat, lon: event.lngLat.lng }))
  }

  #point(at: Point | null): void {
    this.#pointer = at
    this.#redraw()
  }

  /** At most once a frame: each time, the map's worker cuts the outline into tiles. */
  #redraw(): void {
    if (this.#frame !== 0 || this.#draft === null || this.#draft.closed) return
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0
      this.#draw()
    })
  }

  #draw(): void {
    if (this.#draft === null) return
    const { corners, closed } = this.#draft
    const pointer = closed ? null : (this.#pointer ?? this.#map.camera.middle())
    this.#map.setOutline({ kind: this.#kind, corners, closed, pointer })
  }
}
