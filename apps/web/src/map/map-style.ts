import type { ImportedMap } from '@fleet/api'
import { amsterdamMap, type Geometry } from '@fleet/domain/amsterdam'
import type { GeoJSONSourceSpecification, StyleSpecification } from 'maplibre-gl'
import type { Language } from '../i18n/language.ts'
import type { Scheme } from '../theme/statuses.ts'
import { basePalettes } from './base-palette.ts'
import { createGroundLayers } from './ground-layers.ts'
import { createImportedGroundLayers, createImportedNameLayers } from './imported-map-layers.ts'
import {
  coveredGround,
  coversCity,
  importedMapSource,
  importedSource,
  isInBounds,
} from './imported-map-source.ts'
import { createNameLayers } from './name-layers.ts'
import { createOutlineLayers } from './outline-layers.ts'
import { partsOutside } from './outside-bounds.ts'
import { createOwnLayers, createZoneNameLayer, type OwnSource } from './own-layers.ts'

export interface MapStyleOptions {
  readonly scheme: Scheme
  readonly language: Language
  /** A tile with a name in it is drawn only once every letter of it is: the ground is therefore shown first. */
  readonly withNames: boolean
  readonly data: Readonly<Record<OwnSource, GeoJSON.FeatureCollection>>
  /** Drawn over our own map, or instead of it where it covers the city; null when there is none. */
  readonly imported: ImportedMap | null
}

/** The source whose tiles are the ground: names wait until it is painted. */
export const groundSource = (imported: ImportedMap | null): string =>
  imported === null ? 'ground' : importedSource

/**
 * Our own drawing of Amsterdam or the imported map, with no server but ours, and what we lay on it. Same layers in both
 * schemes; only the palette differs, so that switching repaints and loads nothing.
 */
export function createMapStyle(options: MapStyleOptions): StyleSpecification {
  const { scheme, language, withNames, data, imported } = options
  const ground = createGroundLayers(scheme)
  const names = withNames ? createNameLayers(scheme, language) : []
  const own = {
    sources: {
      zones: { type: 'geojson', data: data.zones },
      outline: { type: 'geojson', data: data.outline },
      stops: { type: 'geojson', data: data.stops },
    },
    layers: [...createOwnLayers(scheme), ...createOutlineLayers(scheme)],
    names: withNames ? [createZoneNameLayer(scheme)] : [],
  } as const
  if (imported === null)
    return {
      version: 8,
      sources: {
        ground: city(isDrawn),
        ...(withNames ? { names: city(isNamed) } : {}),
        ...own.sources,
      },
      layers: [...ground, ...own.layers, ...names, ...own.names],
    }
  const importedNames = withNames ? createImportedNameLayers(scheme, language) : []
  const sources = { [importedSource]: importedMapSource(imported), ...own.sources }
  const importedGround = createImportedGroundLayers(scheme)
  if (coversCity(imported))
    return {
      version: 8,
      sources,
      layers: [
        ...ground.filter(({ type }) => type === 'background'),
        ...importedGround,
        ...own.layers,
        ...importedNames,
        ...own.names,
      ],
    }
  return {
    version: 8,
    sources: {
      ground: city(isDrawn),
      covered: { type: 'geojson', data: coveredGround(imported) },
      ...(withNames ? { names: cityOutside(imported) } : {}),
      ...sources,
    },
    layers: [
      ...ground,
      {
        id: 'covered',
        type: 'fill',
        source: 'covered',
        paint: { 'fill-color': basePalettes[scheme].land, 'fill-antialias': false },
      },
      ...importedGround,
      ...own.layers,
      ...names,
      ...importedNames,
      ...own.names,
    ],
  }
}

type Wanted = (kind: string, geometry: Geometry) => boolean

const isDrawn: Wanted = (_, { type }) => type !== 'Point'
const isNamed: Wanted = (kind) => kind !== 'railway' && kind !== 'land'

function city(wanted: Wanted): GeoJSONSourceSpecification {
  return { type: 'geojson', data: collect(featuresOf(wanted)) }
}

/** What has its name on the shipped map only: the imported one names what it covers itself. */
function cityOutside({ bounds }: ImportedMap): GeoJSONSourceSpecification {
  const features = featuresOf(isNamed).flatMap((feature): object[] => {
    const { type, coordinates } = feature.geometry
    if (type === 'LineString') {
      const parts = partsOutside(coordinates, bounds)
      return parts.length === 0
        ? []
        : [{ ...feature, geometry: { type: 'MultiLineString', coordinates: parts } }]
    }
    const corners = type === 'Point' ? [coordinates] : coordinates[0]
    const middle = corners[Math.floor(corners.length / 2)]!
    return isInBounds(bounds, middle[0], middle[1]) ? [] : [feature]
  })
  return { type: 'geojson', data: collect(features) }
}

const featuresOf = (wanted: Wanted) =>
  amsterdamMap().features.filter(({ geometry, properties }) => wanted(properties.kind, geometry))

const collect = (features: readonly object[]) =>
  ({ type: 'FeatureCollection', features }) as unknown as GeoJSON.FeatureCollection
