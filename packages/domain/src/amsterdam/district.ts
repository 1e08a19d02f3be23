import { distanceM, type Point } from '../geo.ts'
import { districts } from './places.ts'

/** Beyond this from every label a place is not in the city. */
const reachM = 4_000

const labels = districts.map(({ name, geometry }) => ({
  name,
  at: { lon: geometry.coordinates[0], lat: geometry.coordinates[1] },
}))

/** As `districtOf` gives them, by name. */
export const districtNames: readonly string[] = labels.map(({ name }) => name).sort()

/**
 * The district that a place is counted to: the one whose label is nearest.
 *
 * @returns its name, or empty outside of the city
 */
export function districtOf(place: Point): string {
  let nearest = { name: '', metres: reachM }
  for (const { name, at } of labels) {
    const metres = distanceM(place, at)
    if (metres < nearest.metres) nearest = { name, metres }
  }
  return nearest.name
}
