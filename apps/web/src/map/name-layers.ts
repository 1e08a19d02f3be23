import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl'
import type { Language } from '../i18n/language.ts'
import type { Scheme } from '../theme/statuses.ts'
import { basePalettes } from './base-palette.ts'
import { byZoom, ofKind } from './ground-layers.ts'

/*
 * The style names no `glyphs`, so MapLibre draws each glyph from the machine's own fonts. It reads the weight out of
 * the first family's name, which therefore is one that no machine has.
 */
const families = 'ui-sans-serif, system-ui, Segoe UI, Noto Sans, Liberation Sans'
export const regular = [`Fleet Regular, ${families}`]
export const medium = [`Fleet Semibold, ${families}`]

/** Names of streets, waters and places, and the dots of stations, weakest first. From the source `names`. */
export function createNameLayers(scheme: Scheme, language: Language): LayerSpecification[] {
  const c = basePalettes[scheme]
  const source = 'names'
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
