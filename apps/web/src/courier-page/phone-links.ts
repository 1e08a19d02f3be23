import type { Point } from '@fleet/domain'

/** Opens the phone's own navigation: `geo:` (RFC 5870) everywhere but on Apple's systems, which have an address of their own. */
export function navigationLink({ lat, lon }: Point, address: string, userAgent: string): string {
  const place = `${lat.toFixed(6)},${lon.toFixed(6)}`
  return /iPhone|iPad|Macintosh/.test(userAgent)
    ? `maps://?daddr=${place}`
    : `geo:${place}?q=${place}(${encodeURIComponent(address.replaceAll(/[()]/g, ''))})`
}

/** A telephone number within what somebody typed about a contact; null where there is none. */
export function phoneLink(text: string): string | null {
  const written = /\+?\d[\d ().-]{5,}\d/.exec(text)?.[0] ?? ''
  // +31 (0)6: the nought is for calls from within the country.
  const found = (written.startsWith('+') ? written.replace('(0)', '') : written).replaceAll(/[^+\d]/g, '')
  return found.replace('+', '').length >= 8 ? `tel:${found}` : null
}
