/** A position in GeoJSON order: WGS 84 degrees, longitude first. */
export type Coordinate = readonly [lon: number, lat: number]

/**
 * What a feature is, in the terms a map style filters on. The listing is the paint order, bottom first: the
 * map's background is land, water lies on it, `land` puts the islands back on top of the water.
 */
export const featureKinds = [
  'district',
  'park',
  'water-area',
  'land',
  'canal',
  'railway',
  'motorway',
  'street',
  'cycle-route',
  'main-street',
  'ferry',
  'station',
  'place',
] as const
export type FeatureKind = (typeof featureKinds)[number]

export interface PointGeometry {
  readonly type: 'Point'
  readonly coordinates: Coordinate
}
export interface LineGeometry {
  readonly type: 'LineString'
  readonly coordinates: readonly Coordinate[]
}
/** One outer ring, closed (the last coordinate repeats the first). We draw no holes: islands are `land`. */
export interface PolygonGeometry {
  readonly type: 'Polygon'
  readonly coordinates: readonly [readonly Coordinate[]]
}
export type Geometry = PointGeometry | LineGeometry | PolygonGeometry

/** One thing on our own map of Amsterdam. */
export interface MapFeature<G extends Geometry = Geometry> {
  /** Unique on the map, kebab-case. */
  readonly id: string
  readonly kind: FeatureKind
  /** As on the street sign. */
  readonly name: string
  /** Only where English differs from Dutch. */
  readonly nameEn?: string
  /** Real width in metres, from quay to quay or kerb to kerb: lines that are wide on the ground. */
  readonly widthM?: number
  readonly geometry: G
}

/** What `properties` of a GeoJSON feature of ours holds; a map style may read any of it. */
export interface MapProperties {
  readonly id: string
  readonly kind: FeatureKind
  readonly name: string
  readonly nameEn?: string
  readonly widthM?: number
}

/** The GeoJSON (RFC 7946) shapes that `amsterdamMap` gives, no wider than we use. */
export interface GeoJsonFeature {
  readonly type: 'Feature'
  readonly id: number
  readonly properties: MapProperties
  readonly geometry: Geometry
}
export interface FeatureCollection {
  readonly type: 'FeatureCollection'
  readonly features: readonly GeoJsonFeature[]
}

/** The kinds of line that a courier may ride along; ferries carry bikes for free. */
export type StreetKind = Extract<FeatureKind, 'main-street' | 'street' | 'cycle-route' | 'ferry'>

/**
 * A street as written down: `course` lists, in riding order, the names of junctions and, between them, bare
 * `lon lat` pairs that only bend the line. It begins and ends at a junction.
 */
export type StreetEntry = readonly [kind: StreetKind, id: string, name: string, course: string]

/** One step of a street's course; `junction` is absent where the street merely bends. */
export interface CoursePoint {
  readonly at: Coordinate
  readonly junction?: string
}
