import { checkOutline, minZoneM2, type OutlineFault } from '@fleet/domain'
import { z } from 'zod'
import * as s from '../schemas.ts'
import { route, signedIn, dispatch, byId, listQuery, patchOf, queryTime, staff, type Route } from './route.ts'

const outlineFaults: Readonly<Record<Exclude<OutlineFault['kind'], 'too_few'>, string>> = {
  crosses: 'must not cross or touch itself',
  too_small: `must enclose at least ${minZoneM2} m²`,
}

/** What a zone may have as its border. Zones that are answered are older than some rule, perhaps. */
export const outline = s.polygon.superRefine((ring, context) => {
  const fault = checkOutline(ring)
  // Too few are the schema's business.
  if (fault !== null && fault.kind !== 'too_few')
    context.addIssue({ code: 'custom', message: outlineFaults[fault.kind] })
})

/** A file of the neighbourhoods of a city, drawn or undone in one go. */
export const mostZonesAtOnce = 500

export const zonesRoutes = {
  listZones: route({
    method: 'GET',
    path: '/api/zones',
    tag: 'Zones',
    summary: 'List zones',
    roles: signedIn,
    query: listQuery,
    response: s.page(s.zone),
    mutation: false,
  }),
  getZone: route({
    method: 'GET',
    path: '/api/zones/:id',
    tag: 'Zones',
    summary: 'One zone',
    roles: signedIn,
    params: byId(s.zoneId),
    response: s.zone,
    mutation: false,
  }),
  knownZones: route({
    method: 'POST',
    path: '/api/zones/known',
    tag: 'Zones',
    summary: 'Which of these ids are taken: for whoever imports a file a second time',
    roles: dispatch,
    body: z.strictObject({ ids: z.array(s.zoneId).max(mostZonesAtOnce) }),
    response: z.object({
      there: z.array(z.object({ id: s.zoneId, name: z.string() })),
      /** They were removed, or their import undone; the id cannot be given again. */
      removed: z.array(s.zoneId),
    }),
    mutation: false,
  }),
  createZone: route({
    method: 'POST',
    path: '/api/zones',
    tag: 'Zones',
    summary: 'Draw a zone',
    roles: dispatch,
    body: z.strictObject({
      id: s.zoneId.optional(),
      name: s.name,
      kind: s.zone.shape.kind,
      polygon: outline,
    }),
    response: s.zone,
    mutation: true,
  }),
  updateZone: route({
    method: 'PATCH',
    path: '/api/zones/:id',
    tag: 'Zones',
    summary: 'Change a zone',
    roles: dispatch,
    params: byId(s.zoneId),
    body: patchOf({
      name: s.name.optional(),
      kind: s.zone.shape.kind.optional(),
      polygon: outline.optional(),
    }),
    response: s.zone,
    mutation: true,
  }),
  importZones: route({
    method: 'POST',
    path: '/api/zones/import',
    tag: 'Zones',
    summary: 'Draw many zones at once: all of them or none, and one undo for all',
    roles: dispatch,
    body: z.strictObject({
      zones: z
        .array(z.strictObject({ id: s.zoneId, name: s.name, kind: s.zone.shape.kind, polygon: outline }))
        .min(1)
        .max(mostZonesAtOnce),
    }),
    bodyLimitBytes: 8 * 1024 * 1024,
    response: z.object({ items: z.array(s.zone) }),
    mutation: true,
  }),
  listZoneEvents: route({
    method: 'GET',
    path: '/api/zone-events',
    tag: 'Zones',
    summary: 'Bikes that came into zones and left them, newest first',
    roles: staff,
    query: z.strictObject({
      zoneId: s.zoneId.optional(),
      bikeNo: z.coerce.number().int().min(1).max(2_147_483_647).optional(),
      fromMs: queryTime.optional(),
      toMs: queryTime.optional(),
      limit: z.coerce.number().int().min(1).max(500).default(100),
      cursor: s.cursor.optional(),
    }),
    response: s.page(s.zoneEvent),
    mutation: false,
  }),
  removeZone: route({
    method: 'DELETE',
    path: '/api/zones/:id',
    tag: 'Zones',
    summary: 'Remove a zone',
    roles: dispatch,
    params: byId(s.zoneId),
    mutation: true,
  }),
} as const satisfies Record<string, Route>
