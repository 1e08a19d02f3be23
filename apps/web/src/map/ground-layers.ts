import { pixelsPerMetreAtZoom0 } from '@fleet/domain/amsterdam'
import type {
  DataDrivenPropertyValueSpecification,
  ExpressionSpecification,
  FilterSpecification,
  LayerSpecification,
} from 'maplibre-gl'
import type { Scheme } from '../theme/statuses.ts'
import { basePalettes } from './base-palette.ts'

export const ofKind = (kind: string): FilterSpecification => ['==', ['get', 'kind'], kind]
export const byZoom = (...stops: number[]): ExpressionSpecification => [
  'interpolate',
  ['exponential', 1.6],
  ['zoom'],
  ...(stops as [number, number]),
]

/** Width on the ground in metres, never thinner than `minPx` at zoom 10 and `minPx` * 2 at zoom 14. */
const groundWidth = (minPx: number): DataDrivenPropertyValueSpecification<number> => {
  const at = (zoom: number, min: number): [number, ExpressionSpecification] => [
    zoom,
    ['max', min, ['*', ['get', 'widthM'], pixelsPerMetreAtZoom0 * 2 ** zoom]],
  ]
  return [
    'interpolate',
    ['exponential', 2],
    ['zoom'],
    ...at(10, minPx),
    ...at(12, minPx * 1.4),
    ...at(14, minPx * 2),
    ...at(16, minPx * 2),
    ...at(20, minPx * 2),
  ]
}

const round = { 'line-cap': 'round', 'line-join': 'round' } as const

/** Land, water, rails and roads in paint order, from the source `ground`: all that is drawn without a letter. */
export function createGroundLayers(scheme: Scheme): LayerSpecification[] {
  const c = basePalettes[scheme]
  const source = 'ground'
  const line = (
    id: string,
    kind: string,
    color: string,
    width: DataDrivenPropertyValueSpecification<number>,
    more: Record<string, unknown> = {},
  ): LayerSpecification => ({
    id,
    source,
    type: 'line',
    filter: ofKind(kind),
    layout: round,
    paint: { 'line-color': color, 'line-width': width, ...more },
  })
  const fill = (id: string, kind: string, color: string, outline: string): LayerSpecification => ({
    id,
    source,
    type: 'fill',
    filter: ofKind(kind),
    paint: { 'fill-color': color, 'fill-outline-color': outline },
  })
  return [
    { id: 'background', type: 'background', paint: { 'background-color': c.land } },
    fill('parks', 'park', c.park, c.park),
    fill('water', 'water-area', c.water, c.waterEdge),
    fill('islands', 'land', c.land, c.waterEdge),
    line('canal-quays', 'canal', c.waterEdge, groundWidth(1.6), { 'line-gap-width': 0, 'line-opacity': 0.9 }),
    line('canals', 'canal', c.water, groundWidth(1.2)),
    line('railways', 'railway', c.railway, byZoom(10, 0.8, 14, 2, 17, 5)),
    line('railway-ties', 'railway', c.land, byZoom(10, 0.3, 14, 1.2, 17, 3.5), {
      'line-dasharray': [4, 4],
    }),
    line('motorway-edge', 'motorway', c.motorwayEdge, byZoom(10, 2.2, 13, 5.5, 16, 15, 18, 34)),
    line('motorway', 'motorway', c.motorway, byZoom(10, 1.2, 13, 4, 16, 12.5, 18, 31)),
    line('street-edge', 'street', c.streetEdge, byZoom(11, 0.6, 13, 2.2, 15, 6, 18, 26), {
      'line-opacity': byZoom(11, 0.4, 12.5, 1),
    }),
    line('main-street-edge', 'main-street', c.mainStreetEdge, byZoom(10, 1.1, 13, 4.4, 15, 9.5, 18, 36)),
    line('street', 'street', c.street, byZoom(11, 0.3, 13, 1.3, 15, 4.6, 18, 23)),
    line('main-street', 'main-street', c.mainStreet, byZoom(10, 0.6, 13, 3, 15, 7.6, 18, 33)),
    // Beside being their own kind, cycle routes are what this city rides on: a tinted dash over a pale bed.
    line('cycle-bed', 'cycle-route', c.street, byZoom(11, 0.8, 13, 2.4, 16, 7, 18, 15)),
    line('cycle-routes', 'cycle-route', c.cycleRoute, byZoom(11, 0.8, 13, 1.4, 16, 2.6, 18, 4), {
      'line-dasharray': [2.4, 1.6],
    }),
    line('ferries', 'ferry', c.ferry, byZoom(11, 0.8, 14, 1.6), { 'line-dasharray': [1, 2.2] }),
  ]
}
