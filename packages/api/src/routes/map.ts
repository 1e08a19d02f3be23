import type { AddressMatch } from '@fleet/domain'
import { z } from 'zod'
import * as s from '../schemas.ts'
import { dispatch, route, signedIn, type Route } from './route.ts'

/** The map that somebody imported with `fleet map import`. */
export const importedMap = z
  .object({
    /** In the address of its tiles: `/api/map/tiles/ID`, an archive that is read in ranges (PMTiles 3). */
    id: z.string(),
    importedAtMs: s.timeMs,
    /** Name of the file that it was made of. */
    source: z.string(),
    /** West, south, east, north, in degrees. */
    bounds: z.tuple([z.number(), z.number(), z.number(), z.number()]),
    minZoom: z.int(),
    maxZoom: z.int(),
    addresses: z.int(),
  })
  .meta({ id: 'ImportedMap' })
export type ImportedMap = z.infer<typeof importedMap>

export const addressMatch = z
  .object({
    kind: z.enum(['address', 'street', 'place']),
    label: z.string(),
    street: z.string(),
    houseNumber: z.string().nullable(),
    postcode: z.string().nullable(),
    place: z.string().nullable(),
    point: s.point,
  })
  .meta({ id: 'AddressMatch' }) satisfies z.ZodType<AddressMatch>

/** More than these nobody reads. */
export const addressMatches = 8
/** One after another they keep the server busy for a tenth of a second or so. */
export const mostAddressesAtOnce = 200

export const mapRoutes = {
  getMap: route({
    method: 'GET',
    path: '/api/map',
    tag: 'Map',
    summary: 'The imported map; null when there is none and the app draws its own',
    roles: signedIn,
    response: z.object({ imported: importedMap.nullable() }),
    mutation: false,
  }),
  lookUpAddresses: route({
    method: 'POST',
    path: '/api/addresses/lookup',
    tag: 'Map',
    summary: 'Find many addresses in one request, for whoever imports a file',
    roles: dispatch,
    body: z.strictObject({ texts: z.array(s.text(200)).max(mostAddressesAtOnce) }),
    /** For each text, in the order of the request, what was found, best first. */
    response: z.object({ items: z.array(z.array(addressMatch)) }),
    mutation: false,
  }),
  searchAddresses: route({
    method: 'GET',
    path: '/api/addresses',
    tag: 'Map',
    summary: 'Find addresses, streets and places; best first',
    roles: signedIn,
    query: z.strictObject({
      q: s.text(200),
      limit: z.coerce.number().int().min(1).max(50).default(addressMatches),
    }),
    response: z.object({
      /** Where the answers are from: the imported map, or what the app knows by itself (streets without numbers). */
      source: z.enum(['imported', 'shipped']),
      items: z.array(addressMatch),
    }),
    mutation: false,
  }),
} as const satisfies Record<string, Route>
