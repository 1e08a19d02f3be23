import { writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

type Tags = Readonly<Record<string, string>>
type At = readonly [lon: number, lat: number]

/** Writes OpenStreetMap XML, object by object. */
export class OsmExtract {
  readonly #nodes: string[] = []
  readonly #ways: string[] = []
  #id = 0

  node(at: At, tags: Tags = {}): number {
    const id = (this.#id += 1)
    this.#nodes.push(`<node id="${id}" version="1" lat="${at[1]}" lon="${at[0]}">${render(tags)}</node>`)
    return id
  }

  way(points: readonly At[], tags: Tags): void {
    const refs = points.map((at) => this.node(at))
    this.#addWay(refs, tags)
  }

  area(points: readonly At[], tags: Tags): void {
    const refs = points.map((at) => this.node(at))
    this.#addWay([...refs, refs[0]!], tags)
  }

  #addWay(refs: readonly number[], tags: Tags): void {
    const id = (this.#id += 1)
    const nodes = refs.map((ref) => `<nd ref="${ref}"/>`).join('')
    this.#ways.push(`<way id="${id}" version="1">${nodes}${render(tags)}</way>`)
  }

  /** @param isShuffled ways before nodes, as some editors save it */
  xml(isShuffled = false): string {
    const objects = isShuffled
      ? [...this.#ways, ...this.#nodes.toReversed()]
      : [...this.#nodes, ...this.#ways]
    return `<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6">\n${objects.join('\n')}\n</osm>\n`
  }
}

const escape = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
const render = (tags: Tags) =>
  Object.entries(tags)
    .map(([key, value]) => `<tag k="${key}" v="${escape(value)}"/>`)
    .join('')

/** A quarter of a kilometre of an Amsterdam that never was: invented streets, water, a park, a station, doors. */
export function createTinyCity(): OsmExtract {
  const city = new OsmExtract()
  const box = (west: number, south: number, east: number, north: number): At[] => [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
  ]
  city.area(box(4.884, 52.37, 4.8845, 52.376), { natural: 'water', name: 'Testgracht' })
  city.way(
    [
      [4.88425, 52.37],
      [4.88425, 52.376],
    ],
    { waterway: 'canal', name: 'Testgracht' },
  )
  city.area(box(4.887, 52.3735, 4.889, 52.3755), { leisure: 'park', name: 'Proefpark' })
  const streets: readonly (readonly [string, string, readonly At[]])[] = [
    [
      'Testgracht',
      'residential',
      [
        [4.8837, 52.37],
        [4.8837, 52.376],
      ],
    ],
    [
      'Hoofdweg',
      'primary',
      [
        [4.882, 52.372],
        [4.891, 52.372],
      ],
    ],
    [
      'Eerste Curaçaodwarsstraat',
      'residential',
      [
        [4.886, 52.37],
        [4.886, 52.376],
      ],
    ],
    [
      'Fietspad',
      'cycleway',
      [
        [4.89, 52.37],
        [4.89, 52.376],
      ],
    ],
    [
      'Wandelpad',
      'footway',
      [
        [4.8875, 52.3735],
        [4.8885, 52.3755],
      ],
    ],
  ]
  for (const [name, highway, points] of streets) city.way(points, { highway, name })
  city.way(
    [
      [4.882, 52.3705],
      [4.891, 52.3705],
    ],
    { railway: 'rail' },
  )
  city.node([4.885, 52.3706], { railway: 'station', name: 'Proefstation' })
  city.node([4.8865, 52.373], { place: 'neighbourhood', name: 'Proefbuurt' })
  for (let number = 1; number <= 40; number++) {
    const lat = 52.3702 + number * 0.00013
    city.node([4.88345, lat], {
      'addr:street': 'Testgracht',
      'addr:housenumber': String(number),
      'addr:postcode': '1016 GV',
      'addr:city': 'Amsterdam',
    })
  }
  city.node([4.88345, 52.3751], {
    'addr:street': 'Testgracht',
    'addr:housenumber': '12-H',
    'addr:postcode': '1016 GV',
    'addr:city': 'Amsterdam',
  })
  city.area(box(4.8862, 52.3712, 4.8864, 52.3714), {
    building: 'yes',
    'addr:street': 'Eerste Curaçaodwarsstraat',
    'addr:housenumber': '1;3',
    'addr:postcode': '1058AA',
    'addr:city': 'Amsterdam',
  })
  // Said by no street and by no number: left out, and said so.
  city.node([4.8866, 52.3713], { 'addr:housenumber': '7' })
  return city
}

export function writeExtract(file: string, xml: string): string {
  writeFileSync(file, file.endsWith('.gz') ? gzipSync(xml) : xml)
  return file
}
