import { mostZonesAtOnce } from '@fleet/api'
import {
  checkOutline,
  maxCorners,
  type OutlineFault,
  type Point,
  type Zone,
  type ZoneKind,
  zoneKinds,
} from '@fleet/domain'

const longestName = 120

/** What is wrong with a file as a whole. */
export type FileFault = 'not_json' | 'not_geojson' | 'empty' | 'too_many'

/** What is wrong with one area of it. */
export type AreaFault =
  | OutlineFault['kind']
  /** No area at all. */
  | 'no_area'
  | 'holes'
  /** Not longitude and latitude in degrees. */
  | 'coordinates'
  | 'too_many_corners'

/** One area of a file: a zone to be, or why it cannot be one. */
export interface FileArea {
  /** Which of the file's features it is, from 1. */
  readonly place: number
  readonly name: string
  /** Null: the file does not say. */
  readonly kind: ZoneKind | null
  readonly polygon: readonly Point[]
  readonly fault: AreaFault | null
}

export type ParsedZonesFile =
  | { readonly ok: true; readonly areas: readonly FileArea[] }
  | { readonly ok: false; readonly fault: FileFault }

/** Reads areas out of GeoJSON (RFC 7946): features with polygons, each part of several a zone of its own. */
export function parseZonesGeoJson(text: string): ParsedZonesFile {
  let file: unknown
  try {
    file = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    return { ok: false, fault: 'not_json' }
  }
  const features = featuresOf(file)
  if (features === null) return { ok: false, fault: 'not_geojson' }
  const areas = features.flatMap((feature, i) => areasOf(feature, i + 1))
  if (areas.length === 0) return { ok: false, fault: 'empty' }
  return areas.length > mostZonesAtOnce ? { ok: false, fault: 'too_many' } : { ok: true, areas }
}

type Json = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null

function featuresOf(file: unknown): readonly unknown[] | null {
  if (!isObject(file)) return null
  if (file['type'] === 'FeatureCollection') return Array.isArray(file['features']) ? file['features'] : null
  if (file['type'] === 'Feature') return [file]
  return file['type'] === 'Polygon' || file['type'] === 'MultiPolygon' ? [{ geometry: file }] : null
}

function areasOf(feature: unknown, place: number): FileArea[] {
  const properties = isObject(feature) && isObject(feature['properties']) ? feature['properties'] : {}
  const geometry = isObject(feature) && isObject(feature['geometry']) ? feature['geometry'] : {}
  const parts =
    geometry['type'] === 'Polygon'
      ? [geometry['coordinates']]
      : geometry['type'] === 'MultiPolygon' && Array.isArray(geometry['coordinates'])
        ? (geometry['coordinates'] as unknown[])
        : []
  const name = nameOf(properties) ?? String(place)
  const kind = zoneKinds.find((kind) => kind === properties['kind']) ?? null
  if (parts.length === 0) return [{ place, name, kind, polygon: [], fault: 'no_area' }]
  return parts.map((rings, i) => ({
    place,
    name: i === 0 ? name : `${name.slice(0, longestName - 6)} (${i + 1})`,
    kind,
    ...polygonOf(rings),
  }))
}

function polygonOf(rings: unknown): Pick<FileArea, 'polygon' | 'fault'> {
  if (!Array.isArray(rings) || !Array.isArray(rings[0])) return { polygon: [], fault: 'coordinates' }
  const polygon: Point[] = []
  for (const position of rings[0] as unknown[]) {
    const [lon, lat] = Array.isArray(position) ? (position as unknown[]) : []
    if (typeof lon !== 'number' || typeof lat !== 'number' || Math.abs(lat) > 90 || Math.abs(lon) > 180)
      return { polygon: [], fault: 'coordinates' }
    const last = polygon.at(-1)
    if (last?.lat !== lat || last.lon !== lon) polygon.push({ lat, lon })
  }
  // A ring ends where it began; ours does not say so.
  const [first, last] = [polygon[0], polygon.at(-1)]
  if (polygon.length > 1 && first!.lat === last!.lat && first!.lon === last!.lon) polygon.pop()
  if (rings.length > 1) return { polygon, fault: 'holes' }
  if (polygon.length > maxCorners) return { polygon, fault: 'too_many_corners' }
  return { polygon, fault: checkOutline(polygon)?.kind ?? null }
}

/** What the file calls the area: `name`, `naam` and their like, else `Buurtnaam`, else its longest text. */
function nameOf(properties: Json): string | null {
  const texts = Object.entries(properties).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' && value.trim() !== '' ? [[key.toLowerCase(), value]] : [],
  )
  const found =
    texts.find(([key]) => ['name', 'naam', 'title', 'titel'].includes(key)) ??
    texts.find(([key]) => key.includes('name') || key.includes('naam')) ??
    texts.toSorted(([, a], [, b]) => b.length - a.length)[0]
  // Control characters would be refused.
  return (
    found?.[1]
      .replace(/\p{Cc}/gu, ' ')
      .toWellFormed()
      .trim()
      .slice(0, longestName) || null
  )
}

export function renderZonesGeoJson(zones: Iterable<Pick<Zone, 'name' | 'kind' | 'polygon'>>): string {
  const features = Array.from(zones, ({ name, kind, polygon }) => {
    const ring = polygon.map(({ lat, lon }) => [lon, lat])
    return {
      type: 'Feature',
      properties: { name, kind },
      geometry: { type: 'Polygon', coordinates: [[...ring, ring[0]]] },
    }
  })
  return JSON.stringify({ type: 'FeatureCollection', features })
}
