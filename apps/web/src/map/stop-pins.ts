import { type Map as MapLibreMap, Marker } from 'maplibre-gl'

/** A place of a delivery of the selected bike, or where something happened. */
export interface StopPin {
  readonly id: string
  readonly kind: 'pickup' | 'dropoff' | 'pickedUp' | 'delivered' | 'failed' | 'issue'
  readonly lat: number
  readonly lon: number
  /** Drawn larger: what the pointer is on, here or in a list. */
  readonly marked?: boolean
  /** Said by screen readers and shown on hover. */
  readonly title: string
}

/** Pins are elements of the page, so that they can be read out and hovered. */
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
      const element = marker.getElement()
      element.dataset['marked'] = String(pin.marked === true)
      element.title = pin.title
      element.setAttribute('aria-label', pin.title)
    }
  }

  #add(pin: StopPin): Marker {
    const element = document.createElement('div')
    element.className = 'stop-pin'
    element.dataset['kind'] = pin.kind
    element.dataset['pin'] = pin.id
    element.setAttribute('role', 'img')
    const isStop = pin.kind === 'pickup' || pin.kind === 'dropoff'
    const marker = new Marker({ element, anchor: isStop ? 'bottom' : 'center' })
      .setLngLat([pin.lon, pin.lat])
      .addTo(this.#map)
    this.#markers.set(pin.id, marker)
    return marker
  }
}
