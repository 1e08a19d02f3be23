/**
 * Measures how far our own map of Amsterdam is from the real city, and fails when the streets are too far off.
 * The real data is only ever read here and only distances are printed: its licences do not allow its
 * coordinates into the project, so a feature that is wrong is corrected by someone who knows where it is.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { mapFeatures, type Coordinate, type MapFeature } from '../packages/domain/src/amsterdam/index.ts'

const usage = `Usage: node scripts/check-map.ts [DATA_FOLDER] [--json] [--all]

Compares the product's map with real data (default folder: ../shared/data) and prints the error in metres.
  streets   distance to the nearest real street that runs the same way (within 25 degrees), every 25 m
  addresses distance from real addresses to our street of the same name (a facade is some 10 m off the middle)
  parks     distance of our outline to the outline of the park of that name
  canals    distance of our centre line to the nearest water (0 in water); "hit" is the share in water
  shores    distance of our water areas' outline to the nearest real shore
"null" is the same figure for our map moved by 200 m (north, east, south and west, pooled): what chance gives.
Stations are not measured: no data set here has them.

  --json    the report as JSON      --all     every feature, not only the worst
Exit status: 0; 1 when the median of streets or of addresses is 40 m or more; 2 when it cannot measure.`

/** For the streets alone this would be an easy limit: a moved map passes it. The addresses give it its teeth. */
const limitM = 40
const sampleM = 25
const shiftM = 200
/** Farther than this tells no more: a feature is simply wrong. */
const farM = 1000

/** Metres east and north of the Dam: at city size a flat earth errs by less than a metre. */
type Metres = readonly [x: number, y: number]
export type Line = readonly Metres[]

const origin: Coordinate = [4.8931, 52.3731]
const metresPerLat = 111_272
const metresPerLon = 111_320 * Math.cos((origin[1] * Math.PI) / 180)

export function toMetres([lon, lat]: Coordinate): Metres {
  return [(lon - origin[0]) * metresPerLon, (lat - origin[1]) * metresPerLat]
}

/** Points every `stepM` along a line with the direction there, in degrees 0-180: a street has no front. */
export function sampleLine(line: Line, stepM = sampleM): { at: Metres; direction: number }[] {
  const samples = []
  let untilNext = stepM / 2
  for (let i = 1; i < line.length; i++) {
    const [a, b] = [line[i - 1]!, line[i]!]
    const length = Math.hypot(b[0] - a[0], b[1] - a[1])
    for (; untilNext <= length; untilNext += stepM) {
      const t = untilNext / length
      const at: Metres = [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]
      samples.push({ at, direction: direction(a, b) })
    }
    untilNext -= length
  }
  return samples
}

function direction(a: Metres, b: Metres): number {
  return ((Math.atan2(b[1] - a[1], b[0] - a[0]) * 180) / Math.PI + 360) % 180
}

function distanceToSegment([x, y]: Metres, a: Metres, b: Metres): number {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]]
  const t = Math.max(0, Math.min(1, ((x - a[0]) * dx + (y - a[1]) * dy) / (dx * dx + dy * dy || 1)))
  return Math.hypot(x - a[0] - t * dx, y - a[1] - t * dy)
}

/** Segments in a grid of squares, so that the nearest of 77,000 is found without looking at all of them. */
export class SegmentIndex {
  readonly #cellM = 100
  readonly #cells = new Map<string, [Metres, Metres][]>()

  constructor(lines: Iterable<Line>) {
    for (const line of lines) for (let i = 1; i < line.length; i++) this.#add(line[i - 1]!, line[i]!)
  }

  #add(a: Metres, b: Metres): void {
    const cell = (m: number): number => Math.floor(m / this.#cellM)
    for (let x = cell(Math.min(a[0], b[0])); x <= cell(Math.max(a[0], b[0])); x++)
      for (let y = cell(Math.min(a[1], b[1])); y <= cell(Math.max(a[1], b[1])); y++) {
        const key = `${x},${y}`
        const segments = this.#cells.get(key)
        if (segments === undefined) this.#cells.set(key, [[a, b]])
        else segments.push([a, b])
      }
  }

  /** Metres to the nearest segment (of that direction within 25 degrees, when given), at most `farM`. */
  nearestM(at: Metres, along?: number): number {
    const [cellX, cellY] = at.map((m) => Math.floor(m / this.#cellM)) as [number, number]
    let best = farM
    // A ring of cells `ring` away cannot hold anything nearer than ring - 1 cells.
    for (let ring = 0; (ring - 1) * this.#cellM < best; ring++)
      for (let x = cellX - ring; x <= cellX + ring; x++)
        for (let y = cellY - ring; y <= cellY + ring; y++) {
          if (Math.max(Math.abs(x - cellX), Math.abs(y - cellY)) !== ring) continue
          for (const [a, b] of this.#cells.get(`${x},${y}`) ?? []) {
            if (along !== undefined && angleBetween(along, direction(a, b)) > 25) continue
            best = Math.min(best, distanceToSegment(at, a, b))
          }
        }
    return best
  }
}

function angleBetween(a: number, b: number): number {
  const difference = Math.abs(a - b) % 180
  return Math.min(difference, 180 - difference)
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN
}

type Surface = 'land' | 'water' | 'unknown'

interface RealCity {
  streets: SegmentIndex
  shores: SegmentIndex
  surfaceAt: (at: Metres) => Surface
  /** Outlines by name. */
  parks: Map<string, Line[]>
  /** Address points by street name. */
  addresses: Map<string, Metres[]>
}

interface GeoJson {
  features: {
    properties: Record<string, string>
    geometry: { type: string; coordinates: Coordinate[][] | Coordinate[][][] }
  }[]
}

function readCity(folder: string): RealCity {
  const read = (name: string): string => gunzipSync(readFileSync(join(folder, `${name}.gz`))).toString('utf8')
  const rows = (name: string): string[][] =>
    read(name)
      .trim()
      .split('\n')
      .slice(1)
      .map((row) => row.split(','))
  const rings = (geometry: GeoJson['features'][number]['geometry']): Line[] =>
    (geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates)
      .flatMap((polygon) => polygon as Coordinate[][])
      .map((ring) => ring.map(toMetres))

  const nodes = new Map<string, Metres>()
  for (const [id, lon, lat] of rows('streets.nodes.csv')) nodes.set(id!, toMetres([Number(lon), Number(lat)]))
  const edges = rows('streets.edges.csv').map(([from, to]): Line => [nodes.get(from!)!, nodes.get(to!)!])

  const land = (JSON.parse(read('land.geojson')) as GeoJson).features.flatMap(({ geometry }) =>
    rings(geometry),
  )
  const parks = new Map<string, Line[]>()
  for (const { properties, geometry } of (JSON.parse(read('parks.geojson')) as GeoJson).features)
    parks.set(properties['Naam']!, [...(parks.get(properties['Naam']!) ?? []), ...rings(geometry)])
  const addresses = new Map<string, Metres[]>()
  for (const row of rows('addresses.csv')) {
    const at = toMetres([Number(row.at(-1)), Number(row.at(-2))])
    addresses.set(row[0]!, [...(addresses.get(row[0]!) ?? []), at])
  }
  return {
    streets: new SegmentIndex(edges),
    shores: new SegmentIndex(land),
    surfaceAt: surfaceTest(land),
    parks,
    addresses,
  }
}

/** Land is drawn and water is what is left; beyond the box around the land nothing is known. */
function surfaceTest(land: readonly Line[]): (at: Metres) => Surface {
  const boxes = land.map((ring) => ({
    ring,
    west: Math.min(...ring.map(([x]) => x)),
    east: Math.max(...ring.map(([x]) => x)),
    south: Math.min(...ring.map(([, y]) => y)),
    north: Math.max(...ring.map(([, y]) => y)),
  }))
  const whole = {
    west: Math.min(...boxes.map((box) => box.west)),
    east: Math.max(...boxes.map((box) => box.east)),
    south: Math.min(...boxes.map((box) => box.south)),
    north: Math.max(...boxes.map((box) => box.north)),
  }
  type Box = typeof whole
  const inBox = ([x, y]: Metres, box: Box): boolean =>
    x >= box.west && x <= box.east && y >= box.south && y <= box.north
  return (at) => {
    if (!inBox(at, whole)) return 'unknown'
    return boxes.some((box) => inBox(at, box) && isInRing(at, box.ring)) ? 'land' : 'water'
  }
}

function isInRing([x, y]: Metres, ring: Line): boolean {
  let inside = false
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [a, b] = [ring[i]!, ring[j]!]
    if (a[1] > y !== b[1] > y && x < ((b[0] - a[0]) * (y - a[1])) / (b[1] - a[1]) + a[0]) inside = !inside
  }
  return inside
}

type Measure = 'streets' | 'addresses' | 'parks' | 'canals' | 'shores'

/** The errors in metres of one feature by each measure that applies to it, when moved by `shift`. */
function errorsOf(feature: MapFeature, city: RealCity, shift: Metres): Partial<Record<Measure, number[]>> {
  const move = (c: Coordinate): Metres => {
    const [x, y] = toMetres(c)
    return [x + shift[0], y + shift[1]]
  }
  const { geometry, kind } = feature
  if (geometry.type === 'Point') return {}
  const line = (geometry.type === 'Polygon' ? geometry.coordinates[0] : geometry.coordinates).map(move)
  const samples = sampleLine(line)
  const known = samples.filter(({ at }) => city.surfaceAt(at) !== 'unknown')
  if (kind === 'motorway' || kind === 'main-street' || kind === 'street' || kind === 'cycle-route')
    return {
      streets: samples.map(({ at, direction }) => city.streets.nearestM(at, direction)),
      addresses: addressErrors(line, city.addresses.get(feature.name) ?? []),
    }
  if (kind === 'park') {
    const outline = new SegmentIndex(city.parks.get(feature.name) ?? [])
    return city.parks.has(feature.name) ? { parks: samples.map(({ at }) => outline.nearestM(at)) } : {}
  }
  if (kind === 'canal')
    return { canals: known.map(({ at }) => (city.surfaceAt(at) === 'water' ? 0 : city.shores.nearestM(at))) }
  if (kind === 'water-area' || kind === 'land')
    return { shores: known.map(({ at }) => city.shores.nearestM(at)) }
  return {}
}

/** Only addresses beside our line count: a real street may go on where our piece of it ends. */
function addressErrors(line: Line, addresses: readonly Metres[]): number[] {
  const index = new SegmentIndex([line])
  const ends = [line[0]!, line.at(-1)!]
  return addresses
    .map((at) => ({
      m: index.nearestM(at),
      end: Math.min(...ends.map((e) => Math.hypot(e[0] - at[0], e[1] - at[1]))),
    }))
    .filter(({ m, end }) => end > m + 1)
    .map(({ m }) => m)
}

interface FeatureResult {
  id: string
  medianM: number
  p90M: number
  samples: number
}
interface MeasureResult {
  medianM: number
  p90M: number
  hit: number
  nullMedianM: number
  nullHit: number
  samples: number
  features: FeatureResult[]
}

/** Measures every feature against the real city. Features come worst first. */
function checkMap(features: readonly MapFeature[], city: RealCity): Record<Measure, MeasureResult> {
  const measures: Measure[] = ['streets', 'addresses', 'parks', 'canals', 'shores']
  const shifts: Metres[] = [
    [0, shiftM],
    [shiftM, 0],
    [0, -shiftM],
    [-shiftM, 0],
  ]
  const here = features.map((feature) => ({ id: feature.id, errors: errorsOf(feature, city, [0, 0]) }))
  const moved = features.flatMap((feature) => shifts.map((shift) => errorsOf(feature, city, shift)))
  const results = measures.map((measure): [Measure, MeasureResult] => {
    const all = here.flatMap(({ errors }) => errors[measure] ?? [])
    const chance = moved.flatMap((errors) => errors[measure] ?? [])
    return [
      measure,
      {
        medianM: quantile(all, 0.5),
        p90M: quantile(all, 0.9),
        hit: shareNear(all),
        nullMedianM: quantile(chance, 0.5),
        nullHit: shareNear(chance),
        samples: all.length,
        features: here
          .map(({ id, errors }) => ({ id, errors: errors[measure] ?? [] }))
          .filter(({ errors }) => errors.length > 0)
          .map(({ id, errors }) => ({
            id,
            medianM: quantile(errors, 0.5),
            p90M: quantile(errors, 0.9),
            samples: errors.length,
          }))
          .sort((a, b) => b.medianM - a.medianM || b.p90M - a.p90M),
      },
    ]
  })
  return Object.fromEntries(results) as Record<Measure, MeasureResult>
}

/** The share of samples at most 10 m off. */
function shareNear(errors: readonly number[]): number {
  return errors.filter((m) => m <= 10).length / errors.length
}

function renderReport(report: Record<Measure, MeasureResult>, listed: number): string {
  const m = (value: number): string => value.toFixed(0).padStart(6)
  const percent = (value: number): string => `${(value * 100).toFixed(0)} %`.padStart(6)
  const table = Object.entries(report).map(
    ([measure, r]) =>
      `${measure.padEnd(10)}${m(r.medianM)}${m(r.p90M)}${percent(r.hit)}   ${m(r.nullMedianM)}${percent(r.nullHit)}   ` +
      `${String(r.features.length).padStart(4)} features, ${r.samples} samples`,
  )
  const worst = Object.entries(report).map(([measure, r]) => {
    const rows = r.features
      .slice(0, listed)
      .map((f) => `  ${f.id.padEnd(32)}${m(f.medianM)}${m(f.p90M)}  n=${f.samples}`)
    return `\nworst ${measure}: median, p90 in metres\n${rows.join('\n')}`
  })
  return ['metres    median   p90  hit    null median  hit', ...table, ...worst].join('\n')
}

function main(): number {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean' }, all: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const folder = positionals[0] ?? join(import.meta.dirname, '..', '..', 'shared', 'data')
  let city: RealCity
  try {
    city = readCity(folder)
  } catch (error) {
    console.error(`Cannot read the real data in ${folder}: ${(error as Error).message}`)
    return 2
  }
  const report = checkMap(mapFeatures(), city)
  console.log(
    values.json ? JSON.stringify(report, undefined, 2) : renderReport(report, values.all ? Infinity : 8),
  )
  const tooFar = (['streets', 'addresses'] as const).filter((measure) => !(report[measure].medianM < limitM))
  for (const measure of tooFar)
    console.error(
      `The median of ${measure} is ${report[measure].medianM.toFixed(0)} m; it must be below ${limitM} m.`,
    )
  return tooFar.length === 0 ? 0 : 1
}

if (import.meta.main) process.exitCode = main()
