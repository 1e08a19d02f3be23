import type { Zone } from '@fleet/domain'
import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl'
import type { Scheme } from '../theme/statuses.ts'
import { basePalettes, zoneColors } from './base-palette.ts'
import { regular } from './name-layers.ts'
import type { StopPin } from './stop-pins.ts'

/** Sources of ours between the streets and their names. */
export const ownSources = ['zones', 'outline', 'stops'] as const
export type OwnSource = (typeof ownSources)[number]

/** Zones and the selected delivery's line, above the streets and below every name. */
export function createOwnLayers(scheme: Scheme): LayerSpecification[] {
  const color = zoneColor(scheme)
  return [
    {
      id: 'zone-fill',
      type: 'fill',
      source: 'zones',
      paint: {
        'fill-color': color,
        // The service area is everywhere; filled like the others it would tint the whole city.
        'fill-opacity': [
          'case',
          ['==', ['get', 'kind'], 'service_area'],
          0,
          scheme === 'light' ? 0.13 : 0.16,
        ],
      },
    },
    {
      id: 'zone-line',
      type: 'line',
      source: 'zones',
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': color,
        'line-opacity': 0.75,
        'line-width': ['interpolate', ['linear'], ['zoom'], 11, 1, 16, 2],
        'line-dasharray': [3, 2],
      },
    },
    {
      id: 'stop-line',
      type: 'line',
      source: 'stops',
      layout: { 'line-cap': 'round' },
      paint: {
        'line-color': scheme === 'light' ? '#3a4651' : '#c3cbd3',
        'line-width': 2,
        'line-dasharray': [0.2, 2.2],
      },
    },
  ]
}

/** Names of zones. Above the zone, because its bikes stand in it; beside it where that place is taken. */
export function createZoneNameLayer(scheme: Scheme): LayerSpecification {
  return {
    id: 'zone-label',
    type: 'symbol',
    source: 'zones',
    minzoom: 12.5,
    filter: ['!=', ['get', 'kind'], 'service_area'],
    layout: {
      'text-field': ['get', 'name'],
      'text-font': regular,
      'text-size': 11,
      'text-max-width': 8,
      'text-variable-anchor': ['bottom', 'top', 'left', 'right'],
      'text-radial-offset': 1.5,
      'text-justify': 'auto',
    },
    paint: {
      'text-color': zoneColor(scheme),
      'text-halo-color': basePalettes[scheme].labelHalo,
      'text-halo-width': 1.4,
    },
  }
}

export const zoneColor = (scheme: Scheme): ExpressionSpecification =>
  [
    'match',
    ['get', 'kind'],
    ...Object.entries(zoneColors).flatMap(([kind, colors]) => [kind, colors[scheme]]),
    '#888888',
  ] as unknown as ExpressionSpecification

export function zoneFeatures(zones: Iterable<Zone>): GeoJSON.FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: Array.from(zones, ({ name, kind, polygon }) => {
      const ring = polygon.map(({ lat, lon }) => [lon, lat])
      return {
        type: 'Feature' as const,
        properties: { name, kind },
        geometry: { type: 'Polygon' as const, coordinates: [[...ring, ring[0]!]] },
      }
    }),
  }
}

/** One dotted line a delivery, pick-up to drop-off. */
export function stopLine(pins: readonly StopPin[]): GeoJSON.FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: pins.flatMap((from, i) => {
      const to = pins[i + 1]
      if (from.kind !== 'pickup' || to?.kind !== 'dropoff') return []
      return {
        type: 'Feature' as const,
        properties: {},
        geometry: {
          type: 'LineString' as const,
          coordinates: [
            [from.lon, from.lat],
            [to.lon, to.lat],
          ],
        },
      }
    }),
  }
}
