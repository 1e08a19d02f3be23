import { amsterdamMap, pixelsPerMetreAtZoom0 } from '@fleet/domain/amsterdam'
import type {
  DataDrivenPropertyValueSpecification,
  ExpressionSpecification,
  FilterSpecification,
  LayerSpecification,
  StyleSpecification,
} from 'maplibre-gl'
import type { Language } from '../i18n/language.ts'
import type { Scheme } from '../theme/statuses.ts'
import { basePalettes } from './base-palette.ts'

/*
 * The style names no `glyphs`, so MapLibre draws each glyph from the machine's own fonts. It reads the weight out of
 * the first family's name, which therefore is one that no machine has.
 */
const families = 'ui-sans-serif, system-ui, Segoe UI, Noto Sans, Liberation Sans'
export const regular = [`Fleet Regular, ${families}`]
const medium = [`Fleet Semibold, ${families}`]

/** Other layers of ours are put below the first label layer, so that no zone hides a name. */
export const firstLabelLayer = 'street-labels'

const ofKind = (kind: string): FilterSpecification => ['==', ['get', 'kind'], kind]
const byZoom = (...stops: number[]): ExpressionSpecification => [
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

/**
 * The base map: our own drawing of Amsterdam, with no server but ours. Same layers in both schemes; only the
 * palette differs, so that switching repaints and loads nothing.
 */
export function createBaseStyle(scheme: Scheme, language: Language): StyleSpecification {
  return {
    version: 8,
    sources: { amsterdam: { type: 'geojson', data: amsterdamMap() as unknown as GeoJSON.FeatureCollection } },
    layers: [...groundLayers(scheme), ...labelLayers(scheme, language)],
  }
}

function groundLayers(scheme: Scheme): LayerSpecification[] {
  const c = basePalettes[scheme]
  const source = 'amsterdam'
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

function labelLayers(scheme: Scheme, language: Language): LayerSpecification[] {
  const c = basePalettes[scheme]
  const source = 'amsterdam'
  const name: ExpressionSpecification =
    language === 'en' ? ['coalesce', ['get', 'nameEn'], ['get', 'name']] : ['get', 'name']
  const halo = { 'text-halo-color': c.labelHalo, 'text-halo-width': 1.4, 'text-halo-blur': 0.4 }
  const along = (
    id: string,
    kind: string,
    color: string,
    minzoom: number,
    haloColor: string = c.labelHalo,
  ): LayerSpecification => ({
    id,
    source,
    type: 'symbol',
    minzoom,
    filter: ofKind(kind),
    layout: {
      'symbol-placement': 'line',
      'symbol-spacing': 320,
      'text-field': name,
      'text-font': regular,
      'text-size': byZoom(13, 10.5, 17, 13),
      'text-letter-spacing': 0.02,
      'text-max-angle': 35,
    },
    paint: { 'text-color': color, ...halo, 'text-halo-color': haloColor },
  })
  return [
    along('street-labels', 'street', c.label, 14.6),
    along('cycle-labels', 'cycle-route', c.cycleLabel, 14),
    along('main-street-labels', 'main-street', c.label, 13.4),
    along('canal-labels', 'canal', c.waterLabel, 13.6, c.water),
    along('ferry-labels', 'ferry', c.waterLabel, 13.5, c.water),
    along('motorway-labels', 'motorway', c.label, 11.5),
    area('park-labels', 'park', c.parkLabel, 12.8, 11),
    area('water-labels', 'water-area', c.waterLabel, 11.2, 12, c.water),
    {
      id: 'place-labels',
      source,
      type: 'symbol',
      minzoom: 14,
      filter: ofKind('place'),
      layout: { 'text-field': name, 'text-font': regular, 'text-size': 11.5, 'text-max-width': 7 },
      paint: { 'text-color': c.label, ...halo },
    },
    {
      id: 'station-dots',
      source,
      type: 'circle',
      filter: ofKind('station'),
      paint: {
        'circle-radius': byZoom(11, 2.2, 15, 5),
        'circle-color': c.labelHalo,
        'circle-stroke-color': c.station,
        'circle-stroke-width': byZoom(11, 1.4, 15, 2.4),
      },
    },
    {
      id: 'station-labels',
      source,
      type: 'symbol',
      minzoom: 12,
      filter: ofKind('station'),
      layout: {
        'text-field': name,
        'text-font': medium,
        'text-size': 11.5,
        'text-anchor': 'top',
        'text-offset': [0, 0.6],
        'text-max-width': 8,
      },
      paint: { 'text-color': c.station, ...halo },
    },
    {
      id: 'district-labels',
      source,
      type: 'symbol',
      maxzoom: 15.2,
      filter: ofKind('district'),
      layout: {
        'text-field': ['upcase', name],
        'text-font': medium,
        'text-size': byZoom(10.5, 9.5, 14, 13),
        'text-letter-spacing': 0.09,
        'text-max-width': 8,
        'text-padding': 6,
      },
      paint: { 'text-color': c.districtLabel, ...halo, 'text-opacity': byZoom(14, 1, 15.2, 0.3) },
    },
  ]

  function area(
    id: string,
    kind: string,
    color: string,
    minzoom: number,
    size: number,
    haloColor: string = c.labelHalo,
  ): LayerSpecification {
    return {
      id,
      source,
      type: 'symbol',
      minzoom,
      filter: ofKind(kind),
      layout: { 'text-field': name, 'text-font': regular, 'text-size': size, 'text-max-width': 7 },
      paint: { 'text-color': color, ...halo, 'text-halo-color': haloColor },
    }
  }
}
