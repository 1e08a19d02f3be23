import { z } from 'zod'
import * as s from '../schemas.ts'
import { route, signedIn, dispatch, byId, listQuery, patchOf, type Route } from './route.ts'

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
      polygon: s.polygon,
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
      polygon: s.polygon.optional(),
    }),
    response: s.zone,
    mutation: true,
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
