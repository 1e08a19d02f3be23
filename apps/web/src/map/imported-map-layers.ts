import type {
  DataDrivenPropertyValueSpecification,
  ExpressionSpecification,
  FilterSpecification,
  LayerSpecification,
} from 'maplibre-gl'
import type { Language } from '../i18n/language.ts'
import type { Scheme } from '../theme/statuses.ts'
import { basePalettes } from './base-palette.ts'
import { byZoom } from './ground-layers.ts'
import { importedMapPalettes } from './imported-map-palette.ts'
import { importedSource } from './imported-map-source.ts'
import { medium, regular } from './name-layers.ts'

/*
 * Layers and attributes of the tiles: apps/fleet/src/map/tilemaker/process.lua. Ids begin with `osm-`, because the
 * shipped map may be drawn below.
 */

const kindIs = (...kinds: string[]): FilterSpecification => ['in', ['get', 'kind'], ['literal', kinds]]
const both = (...filters: FilterSpecification[]): FilterSpecification =>
  ['all', ...filters] as unknown as FilterSpecification
const above: FilterSpecification = ['!', ['has', 'tunnel']]
const below: FilterSpecification = ['has', 'tunnel']
const round = { 'line-cap': 'round', 'line-join': 'round' } as const

type Width = DataDrivenPropertyValueSpecification<number>

/** Land, water, buildings, roads and rails of the imported map, in paint order. */
export function createImportedGroundLayers(scheme: Scheme): LayerSpecification[] {
  const c = { ...basePalettes[scheme], ...importedMapPalettes[scheme] }
  const source = importedSource
  const fill = (
    id: string,
    layer: string,
    color: string,
    filter: FilterSpecification | null,
    paint: Record<string, unknown> = {},
    minzoom = 0,
  ): LayerSpecification => ({
    id: `osm-${id}`,
    source,
    'source-layer': layer,
    type: 'fill',
    minzoom,
    ...(filter === null ? {} : { filter }),
    paint: { 'fill-color': color, ...paint },
  })
  const line = (
    id: string,
    layer: string,
    color: string,
    width: Width,
    filter: FilterSpecification,
    paint: Record<string, unknown> = {},
    minzoom = 0,
  ): LayerSpecification => ({
    id: `osm-${id}`,
    source,
    'source-layer': layer,
    type: 'line',
    minzoom,
    filter,
    layout: round,
    paint: { 'line-color': color, 'line-width': width, ...paint },
  })
  const street = kindIs('street', 'pedestrian')
  const dashed = { 'line-dasharray': [2, 2], 'line-opacity': 0.5 }
  return [
    fill('grass', 'green', c.grass, kindIs('grass')),
    fill('park', 'green', c.park, kindIs('park')),
    fill('wood', 'green', c.wood, kindIs('wood')),
    line('waterways', 'waterways', c.water, byZoom(11, 0.8, 14, 1.6, 18, 6), kindIs('river', 'canal')),
    line('ditches', 'waterways', c.water, byZoom(14, 0.6, 18, 3), kindIs('stream', 'ditch', 'drain'), {}, 14),
    // Without an outline: it would be drawn along the edges of tiles, too, across the canals.
    fill('water', 'water', c.water, null),
    fill('squares', 'squares', c.square, null, { 'fill-outline-color': c.streetEdge }),
    fill(
      'buildings',
      'buildings',
      c.building,
      null,
      { 'fill-outline-color': c.buildingEdge, 'fill-opacity': byZoom(14, 0, 14.6, 1) },
      14,
    ),
    line(
      'tunnels',
      'roads',
      c.mainStreetEdge,
      byZoom(11, 0.8, 15, 4, 18, 14),
      both(below, kindIs('motorway', 'main-street', 'street')),
      dashed,
    ),
    line('rail-tunnels', 'rail', c.railway, byZoom(12, 0.8, 17, 3), below, dashed, 12),
    line(
      'paths',
      'roads',
      c.path,
      byZoom(14, 0.5, 18, 2.5),
      both(above, kindIs('path')),
      {
        'line-dasharray': [1.5, 2],
      },
      14.6,
    ),
    line(
      'service-edge',
      'roads',
      c.streetEdge,
      byZoom(14, 1, 16, 4.4, 18, 13),
      both(above, kindIs('service')),
      {},
      14,
    ),
    line(
      'motorway-edge',
      'roads',
      c.motorwayEdge,
      byZoom(10, 2.2, 13, 5.5, 16, 15, 18, 34),
      both(above, kindIs('motorway')),
    ),
    line('street-edge', 'roads', c.streetEdge, byZoom(12, 0.8, 13, 1.8, 15, 5, 18, 22), both(above, street)),
    line(
      'main-street-edge',
      'roads',
      c.mainStreetEdge,
      byZoom(10, 1.1, 13, 3.6, 15, 8, 18, 30),
      both(above, kindIs('main-street')),
    ),
    line(
      'service',
      'roads',
      c.street,
      byZoom(14, 0.5, 16, 3.2, 18, 11),
      both(above, kindIs('service')),
      {},
      14,
    ),
    line('street', 'roads', c.street, byZoom(12, 0.4, 13, 1.1, 15, 3.8, 18, 19), both(above, street)),
    line(
      'motorway',
      'roads',
      c.motorway,
      byZoom(10, 1.2, 13, 4, 16, 12.5, 18, 31),
      both(above, kindIs('motorway')),
    ),
    line(
      'main-street',
      'roads',
      c.mainStreet,
      byZoom(10, 0.6, 13, 2.4, 15, 6.4, 18, 27),
      both(above, kindIs('main-street')),
    ),
    line(
      'cycle-bed',
      'roads',
      c.street,
      byZoom(12, 0.8, 14, 2.2, 16, 5, 18, 11),
      both(above, kindIs('cycle-route')),
    ),
    line(
      'cycle-routes',
      'roads',
      c.cycleRoute,
      byZoom(12, 0.6, 14, 1.1, 16, 1.8, 18, 3),
      kindIs('cycle-route'),
      {
        'line-dasharray': [2.4, 1.6],
      },
    ),
    line('tram', 'rail', c.tram, byZoom(13, 0.5, 18, 1.6), both(above, kindIs('tram')), {}, 13.5),
    line(
      'railways',
      'rail',
      c.railway,
      byZoom(10, 0.8, 14, 2, 17, 5),
      both(above, kindIs('rail', 'subway', 'light_rail')),
    ),
    line(
      'railway-ties',
      'rail',
      c.land,
      byZoom(10, 0.3, 14, 1.2, 17, 3.5),
      both(above, kindIs('rail', 'subway', 'light_rail')),
      { 'line-dasharray': [4, 4] },
    ),
    line('ferries', 'roads', c.ferry, byZoom(11, 0.8, 14, 1.6), kindIs('ferry'), {
      'line-dasharray': [1, 2.2],
    }),
  ]
}

/** Names of the imported map and its house numbers, weakest first. */
export function createImportedNameLayers(scheme: Scheme, language: Language): LayerSpecification[] {
  const c = { ...basePalettes[scheme], ...importedMapPalettes[scheme] }
  const source = importedSource
  const name: ExpressionSpecification =
    language === 'en' ? ['coalesce', ['get', 'nameEn'], ['get', 'name']] : ['get', 'name']
  const halo = { 'text-halo-color': c.labelHalo, 'text-halo-width': 1.4, 'text-halo-blur': 0.4 }
  const along = (
    id: string,
    layer: string,
    kinds: string[],
    color: string,
    minzoom: number,
    haloColor: string = c.labelHalo,
  ): LayerSpecification => ({
    id: `osm-${id}`,
    source,
    'source-layer': layer,
    type: 'symbol',
    minzoom,
    filter: kindIs(...kinds),
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
  const at = (
    id: string,
    kinds: string[],
    color: string,
    minzoom: number,
    layout: Record<string, unknown>,
    paint: Record<string, unknown> = {},
    maxzoom = 24,
  ): LayerSpecification => ({
    id: `osm-${id}`,
    source,
    'source-layer': 'places',
    type: 'symbol',
    minzoom,
    maxzoom,
    filter: both(kindIs(...kinds), ['has', 'name']),
    layout: { 'text-field': name, 'text-font': regular, 'text-size': 11.5, 'text-max-width': 7, ...layout },
    paint: { 'text-color': color, ...halo, ...paint },
  })
  const capitals = {
    'text-field': ['upcase', name],
    'text-font': medium,
    'text-letter-spacing': 0.09,
    'text-max-width': 8,
    'text-padding': 6,
  }
  return [
    {
      id: 'osm-house-numbers',
      source,
      'source-layer': 'house_numbers',
      type: 'symbol',
      minzoom: 17,
      layout: {
        'text-field': ['get', 'number'],
        'text-font': regular,
        'text-size': byZoom(17, 9.5, 18.5, 11.5),
        'text-padding': 1,
      },
      paint: { 'text-color': c.houseNumber, ...halo, 'text-halo-width': 1 },
    },
    along('cycle-labels', 'street_names', ['cycle-route'], c.cycleLabel, 15.6),
    along('street-labels', 'street_names', ['street', 'pedestrian'], c.label, 14.6),
    along('main-street-labels', 'street_names', ['main-street'], c.label, 13.4),
    along('canal-labels', 'waterways', ['river', 'canal'], c.waterLabel, 13.6, c.water),
    along('ferry-labels', 'street_names', ['ferry'], c.waterLabel, 13.5, c.water),
    along('motorway-labels', 'street_names', ['motorway'], c.label, 11.5),
    at('square-labels', ['square'], c.label, 15, {}),
    at('park-labels', ['park'], c.parkLabel, 12.8, { 'text-size': 11 }),
    at('water-labels', ['water'], c.waterLabel, 11.2, { 'text-size': 12 }, { 'text-halo-color': c.water }),
    {
      id: 'osm-station-dots',
      source,
      'source-layer': 'places',
      type: 'circle',
      minzoom: 11,
      filter: kindIs('station', 'metro'),
      paint: {
        'circle-radius': byZoom(11, 2.2, 15, 5),
        'circle-color': c.labelHalo,
        'circle-stroke-color': c.station,
        'circle-stroke-width': byZoom(11, 1.4, 15, 2.4),
      },
    },
    at('station-labels', ['station', 'metro'], c.station, 12, {
      'text-font': medium,
      'text-anchor': 'top',
      'text-offset': [0, 0.6],
      'text-max-width': 8,
    }),
    at(
      'neighbourhood-labels',
      ['neighbourhood', 'quarter'],
      c.districtLabel,
      13,
      { ...capitals, 'text-size': byZoom(13, 9.5, 15, 11.5) },
      { 'text-opacity': byZoom(14, 1, 15.8, 0.4) },
      15.8,
    ),
    at(
      'district-labels',
      ['suburb', 'borough'],
      c.districtLabel,
      10.5,
      { ...capitals, 'text-size': byZoom(10.5, 9.5, 14, 13) },
      { 'text-opacity': byZoom(14, 1, 15.2, 0.3) },
      15.2,
    ),
    at(
      'town-labels',
      ['city', 'town', 'village', 'hamlet'],
      c.label,
      9,
      {
        'text-font': medium,
        'text-size': byZoom(9, 11, 13, 15),
      },
      {},
      12.6,
    ),
  ]
}
