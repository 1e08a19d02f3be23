import { canals } from './canals.ts'
import { parks } from './parks.ts'
import { districts, landmarks, stations } from './places.ts'
import { streets } from './streets.ts'
import { motorwaysAndRailways } from './transport.ts'
import type { FeatureCollection, GeoJsonFeature, MapFeature } from './types.ts'
import { featureKinds } from './types.ts'
import { waterAreas } from './water.ts'

/**
 * West, south, east, north of what is worth showing, in the order MapLibre's `maxBounds` takes. Water and roads
 * that leave the city run on a little past it, so that no end of them is in view.
 */
export const mapBounds = [4.73, 52.28, 5.05, 52.43] as const

/** How far a person may move the map, same order: some way past the city, so that its edge can be in the middle. */
export const panBounds = [4.48, 52.13, 5.3, 52.58] as const

/** Every feature of the map, in paint order (see `featureKinds`). */
export function mapFeatures(): readonly MapFeature[] {
  const all: MapFeature[] = [
    ...districts,
    ...parks,
    ...waterAreas,
    ...canals,
    ...motorwaysAndRailways,
    ...streets,
    ...stations,
    ...landmarks,
  ]
  return all.sort((a, b) => featureKinds.indexOf(a.kind) - featureKinds.indexOf(b.kind))
}

/**
 * The whole map as GeoJSON, ready to be a MapLibre source. Filter layers on the property `kind`; the numeric
 * ids serve `setFeatureState`, which takes no text.
 */
export function amsterdamMap(): FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: mapFeatures().map(({ geometry, ...properties }, index): GeoJsonFeature => ({
      type: 'Feature',
      id: index + 1,
      properties,
      geometry,
    })),
  }
}

/**
 * Pixels that one metre on the ground takes at zoom 0 at Amsterdam's latitude, in MapLibre's 512-pixel tiles.
 * A line of real width is then
 * `['interpolate', ['exponential', 2], ['zoom'], 10, ['*', ['get', 'widthM'], p * 2 ** 10], 18, ['*', ['get', 'widthM'], p * 2 ** 18]]`.
 */
export const pixelsPerMetreAtZoom0 = 512 / (40_075_016.686 * Math.cos((52.37 * Math.PI) / 180))
