import { amsterdamMap } from '@fleet/domain/amsterdam'
import type { GeoJSONSourceSpecification, StyleSpecification } from 'maplibre-gl'
import type { Language } from '../i18n/language.ts'
import type { Scheme } from '../theme/statuses.ts'
import { createGroundLayers } from './ground-layers.ts'
import { createNameLayers } from './name-layers.ts'
import { createOwnLayers, createZoneNameLayer, type OwnSource } from './own-layers.ts'

export interface MapStyleOptions {
  readonly scheme: Scheme
  readonly language: Language
  /** A tile with a name in it is drawn only once every letter of it is: the ground is therefore shown first. */
  readonly withNames: boolean
  readonly data: Readonly<Record<OwnSource, GeoJSON.FeatureCollection>>
}

/**
 * Our own drawing of Amsterdam, with no server but ours, and what we lay on it. Same layers in both schemes; only
 * the palette differs, so that switching repaints and loads nothing.
 */
export function createMapStyle({ scheme, language, withNames, data }: MapStyleOptions): StyleSpecification {
  return {
    version: 8,
    sources: {
      ground: city((geometry) => geometry !== 'Point'),
      ...(withNames ? { names: city(() => true, 'railway', 'land') } : {}),
      zones: { type: 'geojson', data: data.zones },
      stops: { type: 'geojson', data: data.stops },
    },
    layers: [
      ...createGroundLayers(scheme),
      ...createOwnLayers(scheme),
      ...(withNames ? [...createNameLayers(scheme, language), createZoneNameLayer(scheme)] : []),
    ],
  }
}

function city(wanted: (geometry: string) => boolean, ...without: string[]): GeoJSONSourceSpecification {
  const { type, features } = amsterdamMap()
  const kept = features.filter(
    ({ geometry, properties }) => wanted(geometry.type) && !without.includes(properties.kind),
  )
  return { type: 'geojson', data: { type, features: kept } as unknown as GeoJSON.FeatureCollection }
}
