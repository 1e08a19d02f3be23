import { serviceKinds } from '@fleet/domain'
import { z } from 'zod'
import * as s from '../schemas.ts'
import {
  anyOf,
  byId,
  listQuery,
  note,
  patchOf,
  queryTime,
  route,
  staff,
  workshop,
  type Route,
} from './route.ts'

const { atMs, costCents, odometerKm, dueMs, dueKm } = s.serviceEntry.shape

/** The service books of the bikes. */
export const serviceRoutes = {
  listServiceEntries: route({
    method: 'GET',
    path: '/api/service',
    tag: 'Service',
    summary: 'List the entries of service books, newest first; of one bike with bikeId',
    roles: staff,
    query: listQuery.extend({
      bikeId: s.bikeId.optional(),
      kind: anyOf(serviceKinds),
      /** Due at or before this time. */
      dueToMs: queryTime.optional(),
    }),
    response: s.page(s.serviceEntry),
    mutation: false,
  }),
  listDueService: route({
    method: 'GET',
    path: '/api/service/due',
    tag: 'Service',
    summary: 'What is to be done again some day: of each bike and kind the newest entry, where it says when',
    roles: staff,
    response: z.object({ items: z.array(s.serviceEntry) }),
    mutation: false,
  }),
  getServiceEntry: route({
    method: 'GET',
    path: '/api/service/:id',
    tag: 'Service',
    summary: 'One entry',
    roles: staff,
    params: byId(s.serviceEntryId),
    response: s.serviceEntry,
    mutation: false,
  }),
  createServiceEntry: route({
    method: 'POST',
    path: '/api/service',
    tag: 'Service',
    summary: 'Write down what was done to a bike',
    roles: workshop,
    body: z.strictObject({
      id: s.serviceEntryId.optional(),
      bikeId: s.bikeId,
      kind: z.enum(serviceKinds),
      atMs,
      costCents: costCents.default(0),
      odometerKm: odometerKm.default(null),
      note: note.default(''),
      dueMs: dueMs.default(null),
      dueKm: dueKm.default(null),
    }),
    response: s.serviceEntry,
    mutation: true,
  }),
  updateServiceEntry: route({
    method: 'PATCH',
    path: '/api/service/:id',
    tag: 'Service',
    summary: 'Correct an entry',
    roles: workshop,
    params: byId(s.serviceEntryId),
    body: patchOf({
      kind: z.enum(serviceKinds).optional(),
      atMs: atMs.optional(),
      costCents: costCents.optional(),
      odometerKm: odometerKm.optional(),
      note: note.optional(),
      dueMs: dueMs.optional(),
      dueKm: dueKm.optional(),
    }),
    response: s.serviceEntry,
    mutation: true,
  }),
  removeServiceEntry: route({
    method: 'DELETE',
    path: '/api/service/:id',
    tag: 'Service',
    summary: 'Remove an entry',
    roles: workshop,
    params: byId(s.serviceEntryId),
    mutation: true,
  }),
} as const satisfies Record<string, Route>
