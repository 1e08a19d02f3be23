import { type ApiClient, mostAddressesAtOnce } from '@fleet/api'
import type { AddressMatch, Point } from '@fleet/domain'
import { searchable } from '../list-page/searchable.ts'

/** More letters the server does not take. */
const longestQuery = 200

export interface AddressHit {
  readonly label: string
  readonly point: Point
  /** The street as a whole: the number that somebody typed is not known to the map. */
  readonly isStreet: boolean
}

/** Addresses, streets and places, best first: of the imported map, else of the one that the app ships with. */
export async function searchAddresses(
  api: ApiClient,
  text: string,
  signal?: AbortSignal,
): Promise<readonly AddressHit[]> {
  const { items } = await api.call('searchAddresses', {
    query: { q: text.slice(0, longestQuery) },
    ...(signal === undefined ? {} : { signal }),
  })
  return items.map(hitOf)
}

const hitOf = ({ label, point, kind }: AddressMatch): AddressHit => ({
  label,
  point,
  isStreet: kind === 'street',
})

/**
 * The same for many addresses, in as few requests as the server takes, one after another.
 *
 * @param onProgress how many are looked up
 * @returns what was found, by address
 * @throws DOMException AbortError once the signal is aborted; what a call of the API throws
 */
export async function lookUpAddresses(
  api: ApiClient,
  addresses: readonly string[],
  onProgress: (count: number) => void,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly AddressHit[]>> {
  const finds = new Map<string, readonly AddressHit[]>()
  while (finds.size < addresses.length) {
    signal.throwIfAborted()
    const some = addresses.slice(finds.size, finds.size + mostAddressesAtOnce)
    const texts = some.map((address) => address.slice(0, longestQuery))
    const { items } = await api.call('lookUpAddresses', { body: { texts }, signal })
    for (const [at, address] of some.entries()) finds.set(address, (items[at] ?? []).map(hitOf))
    onProgress(finds.size)
  }
  return finds
}

/** What the field holds once a find was chosen. A house number that the map does not know stays as it was typed. */
export function chosenAddress(typed: string, hit: AddressHit): { address: string; point: Point } {
  const number = hit.isStreet ? /\s(\d+\s?[a-z]{0,2}(?:[-–]\d+)?)\s*$/i.exec(typed)?.[1] : undefined
  // Behind the name of the street, before that of the town.
  const address = number === undefined ? hit.label : hit.label.replace(/^[^,]*/, `$& ${number}`)
  return { address, point: hit.point }
}

/** The find that an address means without anybody choosing; null when it may be another one. */
export function certainHit(
  typed: string,
  hits: readonly AddressHit[],
): { address: string; point: Point } | null {
  const folded = (text: string) =>
    searchable(text)
      .replace(/[\s,]+/g, ' ')
      .trim()
  for (const hit of hits) {
    const chosen = chosenAddress(typed, hit)
    // `Rozengracht 120` means `Rozengracht 120, 1016 NH Amsterdam` too.
    if (folded(chosen.address) === folded(typed) || folded(chosen.address).startsWith(`${folded(typed)} `))
      return { address: typed.trim(), point: chosen.point }
  }
  return null
}
