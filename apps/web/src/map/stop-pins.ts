import { type Map as MapLibreMap, Marker } from 'maplibre-gl'

/** A place of the selected courier's delivery. */
export interface StopPin {
  readonly id: string
  readonly kind: 'pickup' | 'dropoff'
  readonly lat: number
  readonly lon: number
  /** Said by screen readers and shown on hover. */
  readonly title: string
}

/** Pins of the selected bike's deliveries: elements of the page, so that they can be read out and hovered. */
export class StopPins {
  readonly #map: MapLibreMap
  readonly #markers = new Map<string, Marker>()

  constructor(map: MapLibreMap) {
    this.#map = map
  }

  /** Shows these pins and no others. */
  show(pins: readonly StopPin[]): void {
    const ids = new Set(pins.map(({ id }) => id))
    for (const [id, marker] of this.#markers)
      if (!ids.has(id)) {
        marker.remove()
        this.#markers.delete(id)
      }
    for (const pin of pins) {
      const marker = this.#markers.get(pin.id) ?? this.#add(pin)
      marker.setLngLat([pin.lon, pin.lat])
      marker.getElement().title = pin.title
      marker.getElement().setAttribute('aria-label', pin.title)
    }
  }

  #add(pin: StopPin): Marker {
    const element = document.createElement('div')
    element.className = 'stop-pin'
    element.dataset['kind'] = pin.kind
    element.setAttribute('role', 'img')
    const marker = new Marker({ element, anchor: 'bottom' }).setLngLat([pin.lon, pin.lat]).addTo(this.#map)
    this.#markers.set(pin.id, marker)
    return marker
  }
}
