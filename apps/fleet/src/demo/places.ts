import { destination, type Point, type ZoneKind } from '@fleet/domain'
import { depots } from '@fleet/domain/amsterdam'

export interface DemoZone {
  readonly name: string
  readonly kind: ZoneKind
  readonly polygon: readonly Point[]
}

/** `'4.89 52.37, 4.90 52.38'`, longitude first, as in the map's own data. */
const ring = (text: string): Point[] =>
  text.split(',').map((pair) => {
    const [lon, lat] = pair.trim().split(' ').map(Number)
    return { lat: lat!, lon: lon! }
  })

const square = (centre: Point, halfM: number): Point[] =>
  [45, 135, 225, 315].map((bearing) => destination(centre, bearing, halfM * Math.SQRT2))

/** The zones of the demonstration, drawn on our own map. The rules in them are invented. */
export const demoZones = (): readonly DemoZone[] => [
  {
    name: 'Bezorggebied Amsterdam',
    kind: 'service_area',
    polygon: ring(
      '4.79 52.365, 4.80 52.389, 4.845 52.398, 4.88 52.402, 4.91 52.412, 4.96 52.405, 4.975 52.385, ' +
        '5.005 52.362, 4.985 52.345, 4.975 52.312, 4.94 52.308, 4.915 52.33, 4.86 52.33, 4.82 52.342',
    ),
  },
  ...depots().map(({ name, address }) => ({ name, kind: 'depot' as const, polygon: square(address.at, 45) })),
  {
    name: 'Kalverstraat: afstappen',
    kind: 'no_ride',
    polygon: ring(
      '4.8917 52.3727, 4.8924 52.3724, 4.8917 52.3692, 4.8927 52.3672, 4.8921 52.3669, 4.8909 52.3691',
    ),
  },
  {
    name: 'Albert Cuypmarkt: stapvoets',
    kind: 'slow',
    polygon: ring('4.8893 52.3567, 4.8991 52.3552, 4.8989 52.3547, 4.8891 52.3562'),
  },
  {
    name: 'Stadhouderskade: luchtkwaliteit',
    kind: 'pollution',
    polygon: ring(
      '4.8795 52.3627, 4.8835 52.3616, 4.8905 52.359, 4.8985 52.3582, 4.8985 52.3573, 4.8902 52.3581, 4.8828 52.3607, 4.8788 52.3619',
    ),
  },
  {
    name: 'Rembrandtplein: druk',
    kind: 'traffic',
    polygon: ring('4.8942 52.3669, 4.8982 52.3669, 4.8984 52.3652, 4.8944 52.3652'),
  },
]
