import type { ImportedMap } from '@fleet/api'
import { mapBounds } from '@fleet/domain/amsterdam'
import { addProtocol, type VectorSourceSpecification } from 'maplibre-gl'
import { Protocol } from 'pmtiles'

/** The source of the imported map's tiles in every style that has them. */
export const importedSource = 'imported'

let isKnown = false

/** Teaches MapLibre, once, to read single tiles out of an archive by ranges. */
export function registerTileArchives(): void {
  if (isKnown) return
  isKnown = true
  addProtocol('pmtiles', new Protocol().tile)
}

export function importedMapSource({ id, bounds, minZoom, maxZoom }: ImportedMap): VectorSourceSpecification {
  return {
    type: 'vector',
    tiles: [`pmtiles://${location.origin}/api/map/tiles/${id}/{z}/{x}/{y}`],
    bounds: [...bounds],
    minzoom: minZoom,
    maxzoom: maxZoom,
  }
}

/** Whether nothing of the shipped map is needed any more. */
export function coversCity({ bounds }: Pick<ImportedMap, 'bounds'>): boolean {
  const [west, south, east, north] = mapBounds
  return bounds[0] <= west && bounds[1] <= south && bounds[2] >= east && bounds[3] >= north
}

export const isInBounds = ([west, south, east, north]: ImportedMap['bounds'], lon: number, lat: number) =>
  lon >= west && lon <= east && lat >= south && lat <= north

/** The ground that the imported map covers, to be laid over the shipped map. */
export function coveredGround({ bounds }: Pick<ImportedMap, 'bounds'>): GeoJSON.FeatureCollection {
  const [west, south, east, north] = bounds
  const ring = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ]
  const geometry = { type: 'Polygon' as const, coordinates: [ring] }
  return { type: 'FeatureCollection', features: [{ type: 'Feature', properties: {}, geometry }] }
}
