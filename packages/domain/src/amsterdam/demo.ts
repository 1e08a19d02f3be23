import { destination, bearingDeg, type Point } from '../geo.ts'
import { lineLengthM, toPoint } from './graph.ts'
import { streets, type Street } from './streets.ts'

/** A place that a courier can be sent to, on one of the map's own streets. */
export interface StreetAddress {
  readonly streetId: string
  readonly street: string
  readonly houseNumber: number
  /** As written on a parcel: `Rozengracht 120`. */
  readonly label: string
  /** In front of the door, `kerbOffsetM` beside the middle of the street. */
  readonly at: Point
}

/** A narrow Amsterdam house is about 6 m wide, and numbers run by two on either side. */
const metresPerNumber = 3
const kerbOffsetM = 6

/**
 * The address at `fraction` (0 to 1) of a street's length, computed from our own geometry. Numbers rise from
 * the street's first junction; odd ones are on the left, as seen riding that way. The numbering is plausible,
 * not official: use it for demonstrations only.
 * @throws RangeError for an id that is no street of ours.
 */
export function streetAddress(streetId: string, fraction: number): StreetAddress {
  const street = streetsById.get(streetId)
  if (street === undefined) throw new RangeError(`no street with id "${streetId}"`)
  const points = street.course.map(({ at }) => toPoint(at))
  const alongM = lineLengthM(points) * Math.min(1, Math.max(0, fraction))
  const houseNumber = Math.max(1, Math.round(alongM / metresPerNumber))
  const { at, bearing } = pointAlong(points, alongM)
  const side = houseNumber % 2 === 1 ? -90 : 90
  return {
    streetId,
    street: street.name,
    houseNumber,
    label: `${street.name} ${houseNumber}`,
    at: destination(at, bearing + side, kerbOffsetM),
  }
}

const streetsById = new Map<string, Street>(streets.map((street) => [street.id, street]))

function pointAlong(points: readonly Point[], alongM: number): { at: Point; bearing: number } {
  let leftM = alongM
  for (let i = 1; ; i++) {
    const [a, b] = [points[i - 1]!, points[i]!]
    const segmentM = lineLengthM([a, b])
    const bearing = bearingDeg(a, b)
    if (leftM <= segmentM || i === points.length - 1)
      return { at: destination(a, bearing, Math.min(leftM, segmentM)), bearing }
    leftM -= segmentM
  }
}

/** Where a fleet keeps and charges its bikes. */
export interface Depot {
  readonly id: string
  readonly name: string
  readonly address: StreetAddress
}

/** Invented depots, one for the centre, one for the east and one across the IJ. */
export function depots(): readonly Depot[] {
  return [
    { id: 'depot-west', name: 'Depot West', address: streetAddress('kinkerstraat', 0.62) },
    { id: 'depot-oost', name: 'Depot Oost', address: streetAddress('wibautstraat', 0.35) },
    { id: 'depot-noord', name: 'Depot Noord', address: streetAddress('klaprozenweg', 0.4) },
  ]
}

/** A kitchen that hands orders to couriers. */
export interface Restaurant {
  readonly id: string
  readonly name: string
  readonly address: StreetAddress
}

/** Invented restaurants: no name here is a real business. */
export function restaurants(): readonly Restaurant[] {
  return restaurantEntries.map(([name, streetId, fraction], index) => ({
    id: `restaurant-${index + 1}`,
    name,
    address: streetAddress(streetId, fraction),
  }))
}

const restaurantEntries: readonly (readonly [name: string, streetId: string, fraction: number])[] = [
  ['Wok om de Hoek', 'rozengracht', 0.45],
  ['De Vliegende Pannenkoek', 'prinsengracht', 0.3],
  ['Broodje Bakfiets', 'haarlemmerdijk', 0.4],
  ['Roti Rijwiel', 'de-clercqstraat', 0.5],
  ['Pizzeria Tegenwind', 'kinkerstraat', 0.35],
  ['Sushi Spaak', 'ferdinand-bolstraat', 0.3],
  ['Falafel Fietsbel', 'van-woustraat', 0.45],
  ['Curry aan de Kade', 'nassaukade', 0.6],
  ['Noedelhuis Ketting', 'nieuwezijds-voorburgwal', 0.5],
  ['Burgers Zonder Handen', 'utrechtsestraat', 0.5],
  ['Tosti Trapper', 'weesperzijde', 0.4],
  ['Soep op Wielen', 'linnaeusstraat', 0.5],
  ['Taqueria Zijwind', 'javastraat', 0.4],
  ['Poke Pomp', 'czaar-peterstraat', 0.5],
  ['Ramen Remblok', 'overtoom', 0.4],
  ['Snackbar Standaard', 'jan-evertsenstraat', 0.5],
  ['Pasta Pedaal', 'beethovenstraat', 0.4],
  ['Bami Bagagedrager', 'spaarndammerstraat', 0.6],
  ['Kapsalon Koplamp', 'van-der-pekstraat', 0.5],
  ['Dim Sum Dynamo', 'wibautstraat', 0.6],
]

/** About eighty plausible customer addresses, spread over the city within the ring and some way out. */
export function customerAddresses(): readonly StreetAddress[] {
  return customerStreets.flatMap(([streetId, ...fractions]) =>
    fractions.map((fraction) => streetAddress(streetId, fraction)),
  )
}

const customerStreets: readonly (readonly [streetId: string, ...fractions: number[]])[] = [
  ['herengracht', 0.12, 0.38, 0.71, 0.93],
  ['keizersgracht', 0.08, 0.33, 0.59, 0.84],
  ['prinsengracht', 0.05, 0.22, 0.47, 0.68, 0.9],
  ['brouwersgracht', 0.6],
  ['rozengracht', 0.2, 0.7],
  ['marnixstraat', 0.3, 0.8],
  ['haarlemmerstraat', 0.5],
  ['haarlemmerdijk', 0.7],
  ['spaarndammerstraat', 0.3],
  ['van-hallstraat', 0.4],
  ['jan-van-galenstraat', 0.15, 0.5],
  ['admiraal-de-ruijterweg', 0.25, 0.55],
  ['jan-evertsenstraat', 0.3],
  ['hoofdweg', 0.35, 0.75],
  ['bos-en-lommerweg', 0.3],
  ['kinkerstraat', 0.2, 0.8],
  ['postjesweg', 0.3],
  ['bilderdijkstraat', 0.25],
  ['jan-pieter-heijestraat', 0.6],
  ['overtoom', 0.2, 0.65],
  ['van-baerlestraat', 0.35],
  ['de-lairessestraat', 0.3, 0.7],
  ['willemsparkweg', 0.4],
  ['amstelveenseweg', 0.15, 0.4],
  ['beethovenstraat', 0.3],
  ['apollolaan', 0.5],
  ['stadionweg', 0.6],
  ['ceintuurbaan', 0.3, 0.7],
  ['ferdinand-bolstraat', 0.55],
  ['albert-cuypstraat', 0.5],
  ['van-woustraat', 0.3, 0.6],
  ['churchilllaan', 0.4],
  ['rooseveltlaan', 0.5],
  ['rijnstraat', 0.6],
  ['amsteldijk', 0.3],
  ['vijzelgracht', 0.5],
  ['nieuwe-kerkstraat', 0.5],
  ['plantage-middenlaan', 0.6],
  ['sarphatistraat', 0.45, 0.8],
  ['wibautstraat', 0.2],
  ['weesperzijde', 0.7],
  ['linnaeusstraat', 0.3],
  ['middenweg', 0.2, 0.6],
  ['insulindeweg', 0.5],
  ['molukkenstraat', 0.4],
  ['zeeburgerdijk', 0.3],
  ['czaar-peterstraat', 0.3],
  ['sumatrakade', 0.5],
  ['ijburglaan', 0.8],
  ['van-der-pekstraat', 0.3],
  ['meeuwenlaan', 0.5],
  ['klaprozenweg', 0.7],
  ['nieuwendammerdijk', 0.3],
  ['slotermeerlaan', 0.5],
  ['burgemeester-roellstraat', 0.5],
  ['cornelis-lelylaan', 0.9],
  ['tussen-meer', 0.4],
  ['bijlmerdreef', 0.5],
]
