import { junctions } from './junctions.ts'
import { parseCoordinates } from './notation.ts'
import { centreStreets } from './streets-centre.ts'
import { eastStreets, northStreets } from './streets-east-north.ts'
import { southStreets } from './streets-south.ts'
import { westStreets } from './streets-west.ts'
import type { Coordinate, CoursePoint, LineGeometry, MapFeature, StreetEntry, StreetKind } from './types.ts'

/** A street that can be drawn (`geometry`) and routed over (`course`). */
export interface Street extends MapFeature<LineGeometry> {
  readonly kind: StreetKind
  readonly course: readonly CoursePoint[]
}

const junctionAt = new Map<string, Coordinate>(Object.entries(junctions))

/** @throws Error on a junction that `junctions.ts` does not have. */
function parseCourse(id: string, course: string): CoursePoint[] {
  return course.split(',').map((part) => {
    const text = part.trim()
    if (/^\d/.test(text)) return { at: parseCoordinates(text)[0]! }
    const at = junctionAt.get(text)
    if (at === undefined) throw new Error(`street "${id}" passes an unknown junction "${text}"`)
    return { at, junction: text }
  })
}

function buildStreet([kind, id, name, written]: StreetEntry): Street {
  const course = parseCourse(id, written)
  return { id, kind, name, course, geometry: { type: 'LineString', coordinates: course.map(({ at }) => at) } }
}

/** Every street, cycle route and ferry on the map. */
export const streets: readonly Street[] = [
  ...centreStreets,
  ...westStreets,
  ...southStreets,
  ...eastStreets,
  ...northStreets,
].map(buildStreet)
