import type { Point } from '@fleet/domain'
import { mapBounds, panBounds } from '@fleet/domain/amsterdam'
import { LngLatBounds, Map as MapLibreMap, Marker, setWorkerUrl } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
// oxlint-disable-next-line import/no-unassigned-import -- a style sheet
import 'maplibre-gl/dist/maplibre-gl.css'
import type { Language } from '../i18n/language.ts'
import { createMapStyle } from '../map/map-style.ts'
import { ownSources } from '../map/own-layers.ts'
import type { Scheme } from '../theme/statuses.ts'
import styles from './tracking-map.module.css'

// A file of ours, not a blob: the Content-Security-Policy then needs no exception.
setWorkerUrl(workerUrl)

/** A place with what it is called. */
export interface NamedPoint extends Point {
  readonly title: string
}

const noFeatures = Object.fromEntries(
  ownSources.map((name) => [name, { type: 'FeatureCollection', features: [] }]),
) as unknown as Parameters<typeof createMapStyle>[0]['data']

/** A courier and where they are expected, on the shipped map. Not React: it is told what changes. */
export class TwoPointMap {
  readonly #map: MapLibreMap
  readonly #courier = new Marker({ element: createPin(styles['courier']!) })
  readonly #dropoff = new Marker({ element: createPin(styles['dropoff']!) })

  /** @throws when the browser has no WebGL 2 */
  constructor(container: HTMLElement, scheme: Scheme, language: Language) {
    this.#map = new MapLibreMap({
      container,
      style: styleOf(scheme, language),
      bounds: [...mapBounds],
      maxBounds: [...panBounds],
      maxZoom: 18,
      dragRotate: false,
      pitchWithRotate: false,
      attributionControl: false,
    })
    this.#map.touchZoomRotate.disableRotation()
  }

  setAppearance(scheme: Scheme, language: Language): void {
    this.#map.setStyle(styleOf(scheme, language))
  }

  show(courier: NamedPoint, dropoff: NamedPoint): void {
    for (const [marker, { lat, lon, title }] of [
      [this.#courier, courier],
      [this.#dropoff, dropoff],
    ] as const) {
      marker.getElement().title = title
      marker.getElement().setAttribute('aria-label', title)
      marker.setLngLat([lon, lat]).addTo(this.#map)
    }
    const both = new LngLatBounds().extend([courier.lon, courier.lat]).extend([dropoff.lon, dropoff.lat])
    this.#map.fitBounds(both, { padding: 56, maxZoom: 16, duration: 0 })
  }

  destroy(): void {
    this.#map.remove()
  }
}

const styleOf = (scheme: Scheme, language: Language) =>
  createMapStyle({ scheme, language, withNames: true, data: noFeatures, imported: null })

function createPin(className: string): HTMLElement {
  const element = document.createElement('div')
  element.className = className
  element.setAttribute('role', 'img')
  return element
}
