import type { AddressSearch, AddressStreet } from './address-search.ts'
import { type HouseNumber, parseAddressQuery, parseHouseNumber } from './address-text.ts'
import type { Point } from './geo.ts'

/** One front door. */
export interface House {
  /** As on the door: `263-H`. */
  readonly houseNumber: string
  /** `1016GV`; empty when nobody said. */
  readonly postcode: string
  readonly point: Point
}

/** What an address search looks in. */
export interface AddressDirectory {
  readonly search: AddressSearch
  /** All doors of a street with this number, whatever follows it. */
  housesOf(street: AddressStreet, number: number): readonly House[]
  /** Doors with this postcode, of this number when one is given, by number. */
  housesAt(
    postcode: string,
    number: number | null,
    limit: number,
  ): readonly { readonly street: AddressStreet; readonly house: House }[]
}

/** One answer to an address search. */
export interface AddressMatch {
  readonly kind: 'address' | 'street' | 'place'
  /** To be shown and stored: `Prinsengracht 263-H, 1016 GV Amsterdam`. */
  readonly label: string
  readonly street: string
  readonly houseNumber: string | null
  readonly postcode: string | null
  readonly place: string | null
  readonly point: Point
}

/** More doors of one number than these nobody reads. */
const maxDoors = 6

/** Addresses, streets and places that fit what somebody typed, best first. */
export function findAddresses(
  text: string,
  directory: AddressDirectory,
  limit: number,
): readonly AddressMatch[] {
  const { words, houseNumber, postcode } = parseAddressQuery(text)
  if (postcode !== null) {
    const number = houseNumber?.number ?? null
    const found = directory.housesAt(postcode, number, 200)
    const ranked = houseNumber === null ? found : rankDoors(found, ({ house }) => house, houseNumber)
    // A postcode that the map does not know may still stand beside a street that it does.
    if (ranked.length > 0) return ranked.slice(0, limit).map(({ street, house }) => addressOf(street, house))
  }
  const streets = directory.search.find(words, limit * 2)
  if (houseNumber === null) return streets.slice(0, limit).map(({ street }) => streetOf(street))
  const found = streets.map(({ street, score }) => {
    const doors = rankDoors(directory.housesOf(street, houseNumber.number), (house) => house, houseNumber)
    return { street, score, doors: doors.slice(0, maxDoors) }
  })
  const withDoor = found.filter(({ doors }) => doors.length > 0)
  // Without that number a street must at least have the better name.
  const without = found.filter(({ doors, score }) => doors.length === 0 && score >= (withDoor[0]?.score ?? 0))
  return [
    ...withDoor.flatMap(({ street, doors }) => doors.map((house) => addressOf(street, house))),
    ...without.map(({ street }) => streetOf(street)),
  ].slice(0, limit)
}

/** The door that was asked for, then the bare number, then its other doors. */
function rankDoors<T>(doors: readonly T[], houseOf: (door: T) => House, wanted: HouseNumber): readonly T[] {
  const ranked = doors.map((door) => {
    const suffix = parseHouseNumber(houseOf(door).houseNumber)?.suffix ?? ''
    const rank =
      suffix === wanted.suffix
        ? 0
        : wanted.suffix !== '' && suffix.startsWith(wanted.suffix)
          ? 1
          : suffix === ''
            ? 2
            : 3
    return { door, suffix, rank }
  })
  return ranked
    .sort((a, b) => a.rank - b.rank || a.suffix.localeCompare(b.suffix, 'nl', { numeric: true }))
    .map(({ door }) => door)
}

const addressOf = ({ name, place }: AddressStreet, house: House): AddressMatch => ({
  kind: 'address',
  label: label(`${name} ${house.houseNumber}`, house.postcode, place),
  street: name,
  houseNumber: house.houseNumber,
  postcode: house.postcode || null,
  place: place || null,
  point: house.point,
})

const streetOf = ({ kind, name, place, point }: AddressStreet): AddressMatch => ({
  kind,
  label: label(name, '', place),
  street: name,
  houseNumber: null,
  postcode: null,
  place: place || null,
  point,
})

function label(first: string, postcode: string, place: string): string {
  const second = [postcode.replace(/^(\d{4})(\w{2})$/, '$1 $2'), place]
    .filter((part) => part !== '')
    .join(' ')
  return second === '' ? first : `${first}, ${second}`
}
