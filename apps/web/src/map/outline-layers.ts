import type { Point, ZoneKind } from '@fleet/domain'
import type { LayerSpecification } from 'maplibre-gl'
import type { Scheme } from '../theme/statuses.ts'
import { basePalettes } from './base-palette.ts'
import { zoneColor } from './own-layers.ts'

/** A zone that stands out: the open one, or one that is being drawn. */
export interface Outline {
  readonly kind: ZoneKind
  readonly corners: readonly Point[]
  /** Not yet: the corners are a line so far, and each is marked. */
  readonly closed: boolean
  /** Where the next corner would be; null where nobody points. */
  readonly pointer: Point | null
}

/** The outline that stands out, above all zones. */
export function createOutlineLayers(scheme: Scheme): LayerSpecification[] {
  const color = zoneColor(scheme)
  const { labelHalo } = basePalettes[scheme]
  return [
    {
      id: 'outline-fill',
      type: 'fill',
      source: 'outline',
      filter: ['==', ['get', 'part'], 'area'],
      paint: { 'fill-color': color, 'fill-opacity': 0.1 },
    },
    {
      id: 'outline-casing',
      type: 'line',
      source: 'outline',
      filter: ['in', ['get', 'part'], ['literal', ['area', 'way']]],
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: { 'line-color': labelHalo, 'line-width': 6, 'line-opacity': 0.8 },
    },
    {
      id: 'outline-line',
      type: 'line',
      source: 'outline',
      filter: ['in', ['get', 'part'], ['literal', ['area', 'way']]],
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: { 'line-color': color, 'line-width': 2.5 },
    },
    {
      id: 'outline-next',
      type: 'line',
      source: 'outline',
      filter: ['==', ['get', 'part'], 'next'],
      paint: { 'line-color': color, 'line-width': 1.5, 'line-dasharray': [3, 2] },
    },
    {
      id: 'outline-corner',
      type: 'circle',
      source: 'outline',
      filter: ['==', ['get', 'part'], 'corner'],
      paint: {
        'circle-radius': ['case', ['get', 'first'], 7, 4.5],
        'circle-color': labelHalo,
        'circle-stroke-color': color,
        'circle-stroke-width': 2.5,
      },
    },
  ]
}

export function outlineFeatures(outline: Outline | null): GeoJSON.FeatureCollection {
  if (outline === null || outline.corners.length === 0) return { type: 'FeatureCollection', features: [] }
  const { kind, closed, pointer } = outline
  const ring = outline.corners.map(coordinate)
  const feature = (part: string, geometry: GeoJSON.Geometry, more = {}): GeoJSON.Feature => ({
    type: 'Feature',
    properties: { kind, part, ...more },
    geometry,
  })
  const features = closed
    ? [feature('area', { type: 'Polygon', coordinates: [[...ring, ring[0]!]] })]
    : [
        feature('way', { type: 'LineString', coordinates: ring }),
        ...(pointer === null
          ? []
          : [
              feature('next', {
                type: 'LineString',
                coordinates: [ring.at(-1)!, coordinate(pointer), ...(ring.length > 1 ? [ring[0]!] : [])],
              }),
            ]),
        ...ring.map((coordinates, i) =>
          feature('corner', { type: 'Point', coordinates }, { first: i === 0 }),
        ),
      ]
  return { type: 'FeatureCollection', features }
}

const coordinate = ({ lat, lon }: Point): [number, number] => [lon, lat]
