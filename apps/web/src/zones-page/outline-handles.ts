import { centreOf, type Point } from '@fleet/domain'
import { type Map as MapLibreMap, Marker } from 'maplibre-gl'
import { middleOfEdge, withAllMoved, withInserted, withMoved, withRemoved } from './outline-draft.ts'

/** What screen readers say of handles. Corners count from 1. */
export interface HandleNames {
  readonly corner: (no: number, of: number) => string
  readonly middle: (no: number) => string
  readonly whole: string
}

interface HandleEvents {
  readonly onCorners: (corners: readonly Point[]) => void
  /** While a handle is dragged; null when it is let go. */
  readonly onPreview: (corners: readonly Point[] | null) => void
  readonly onChoose: (index: number) => void
  /** Whether corners have handles, or are too many to have any. */
  readonly onShown: (shown: boolean) => void
}

/** More would hide the border, and each is an element of the page. */
const mostHandles = 120
const stepPx = 10
const fineStepPx = 1

type Part = 'corner' | 'middle' | 'whole'

interface Handle {
  readonly part: Part
  /** Of the corner, or the one before the edge. */
  index: number
  readonly marker: Marker
}

/**
 * Handles of a closed border: its corners, the middles of its edges, which become corners, and one for the whole. They
 * are buttons of the page: Tab goes from one to the next, arrows move it, Enter in the middle of an edge adds a corner
 * and Delete takes one away.
 */
export class OutlineHandles {
  readonly #map: MapLibreMap
  readonly #names: HandleNames
  readonly #events: HandleEvents
  #corners: readonly Point[] = []
  #handles: Handle[] = []
  #dragged: Handle | null = null
  /** Whose handle gets the focus when it is there. */
  #focusNext: number | null = null
  readonly #onMoveEnd = () => this.#place()

  constructor(map: MapLibreMap, names: HandleNames, events: HandleEvents) {
    this.#map = map
    this.#names = names
    this.#events = events
    map.on('moveend', this.#onMoveEnd)
  }

  /** @param corners none: no handles */
  show(corners: readonly Point[]): void {
    this.#corners = corners
    this.#place()
  }

  focusCorner(index: number): void {
    this.#focusNext = index
    this.#place()
  }

  destroy(): void {
    this.#map.off('moveend', this.#onMoveEnd)
    this.#keep(0)
  }

  /** Handles that stay are moved and not made anew, so that the one with the focus keeps it. */
  #place(): void {
    if (this.#dragged !== null) return
    const wanted = this.#wanted()
    const fits = (handle: Handle, i: number) => handle.part === wanted[i]?.part
    this.#keep(this.#handles.every(fits) ? Math.min(this.#handles.length, wanted.length) : 0)
    for (const [i, { part, index, at }] of wanted.entries()) {
      const handle = this.#handles[i] ?? this.#add(part, at)
      handle.index = index
      handle.marker.setLngLat([at.lon, at.lat])
      this.#name(handle)
    }
    const goal = this.#handles.find(({ part, index }) => part === 'corner' && index === this.#focusNext)
    goal?.marker.getElement().focus()
    this.#focusNext = null
  }

  #wanted(): { readonly part: Part; readonly index: number; readonly at: Point }[] {
    const corners = this.#corners
    const shown = this.#shown()
    this.#events.onShown(shown !== null)
    if (corners.length === 0) return []
    return [
      { part: 'whole', index: 0, at: centreOf(corners) },
      ...(shown ?? []).flatMap((index) => [
        { part: 'corner' as const, index, at: corners[index]! },
        { part: 'middle' as const, index, at: middleOfEdge(corners, index) },
      ]),
    ]
  }

  /** The corners that have handles: of very many those in view; null when these are too many as well. */
  #shown(): readonly number[] | null {
    const all = this.#corners.map((_, index) => index)
    if (all.length <= mostHandles) return all
    const view = this.#map.getBounds()
    const inView = all.filter((index) =>
      view.contains([this.#corners[index]!.lon, this.#corners[index]!.lat]),
    )
    return inView.length <= mostHandles ? inView : null
  }

  #keep(count: number): void {
    for (const { marker } of this.#handles.slice(count)) marker.remove()
    this.#handles = this.#handles.slice(0, count)
  }

  #name({ part, index, marker }: Handle): void {
    const { corner, middle, whole } = this.#names
    const name =
      part === 'whole'
        ? whole
        : part === 'corner'
          ? corner(index + 1, this.#corners.length)
          : middle(index + 1)
    marker.getElement().setAttribute('aria-label', name)
    marker.getElement().title = name
  }

  #add(part: Part, at: Point): Handle {
    const element = document.createElement('button')
    element.type = 'button'
    element.className = 'outline-handle'
    element.dataset['part'] = part
    const marker = new Marker({ element, draggable: true }).setLngLat([at.lon, at.lat]).addTo(this.#map)
    const handle: Handle = { part, index: 0, marker }
    let wasDragged = false
    element.addEventListener('pointerdown', (event) => {
      wasDragged = false
      // What lies over the map, or the end of the window, must not swallow the end of a drag.
      element.setPointerCapture(event.pointerId)
    })
    marker.on('dragstart', () => {
      wasDragged = true
      this.#dragged = handle
      element.focus({ preventScroll: true })
    })
    marker.on('drag', () => this.#events.onPreview(this.#with(handle, placeOf(marker))))
    marker.on('dragend', () => {
      this.#dragged = null
      this.#events.onPreview(null)
      this.#take(handle, placeOf(marker))
    })
    element.addEventListener('click', () => {
      if (part === 'middle' && !wasDragged) this.#take(handle, placeOf(marker))
    })
    element.addEventListener('focus', () => {
      if (part === 'corner') this.#events.onChoose(handle.index)
    })
    element.addEventListener('keydown', (event) => {
      if (this.#key(handle, event)) event.preventDefault()
    })
    this.#handles.push(handle)
    return handle
  }

  /** @returns whether the key was for the handle */
  #key(handle: Handle, event: KeyboardEvent): boolean {
    const { key, shiftKey } = event
    if (event.altKey || event.ctrlKey || event.metaKey) return false
    const directions: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    }
    const direction = directions[key]
    if (direction !== undefined) {
      const px = shiftKey ? fineStepPx : stepPx
      const { x, y } = this.#map.project(handle.marker.getLngLat())
      const { lat, lng } = this.#map.unproject([x + direction[0] * px, y + direction[1] * px])
      this.#take(handle, { lat, lon: lng })
      return true
    }
    if (handle.part !== 'corner' || (key !== 'Delete' && key !== 'Backspace')) return false
    this.#focusNext = Math.min(handle.index, this.#corners.length - 2)
    this.#events.onCorners(withRemoved(this.#corners, handle.index))
    return true
  }

  /** The border with this handle let go of at a place. */
  #take(handle: Handle, at: Point): void {
    if (handle.part === 'middle') this.#focusNext = handle.index + 1
    this.#events.onCorners(this.#with(handle, at))
  }

  #with({ part, index }: Handle, at: Point): readonly Point[] {
    const corners = this.#corners
    if (part === 'whole') return withAllMoved(corners, centreOf(corners), at)
    return part === 'corner' ? withMoved(corners, index, at) : withInserted(corners, index, at)
  }
}

function placeOf(marker: Marker): Point {
  const { lat, lng } = marker.getLngLat()
  return { lat, lon: lng }
}
