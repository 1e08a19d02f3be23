import { z } from 'zod'
import * as s from '../schemas.ts'
import { route, staff, workshop, byId, listQuery, patchOf, type Route } from './route.ts'

export const deviceSecret = z
  .object({
    device: s.device,
    /** Shown once; only its hash is kept. */
    secret: z.string(),
  })
  .meta({ id: 'DeviceSecret' })

export const devicesRoutes = {
  listDevices: route({
    method: 'GET',
    path: '/api/devices',
    tag: 'Devices',
    summary: 'List trackers',
    roles: staff,
    query: listQuery.extend({ bikeId: s.bikeId.optional(), courierId: s.courierId.optional() }),
    response: s.page(s.device),
    mutation: false,
  }),
  getDevice: route({
    method: 'GET',
    path: '/api/devices/:id',
    tag: 'Devices',
    summary: 'One tracker',
    roles: staff,
    params: byId(s.deviceId),
    response: s.device,
    mutation: false,
  }),
  createDevice: route({
    method: 'POST',
    path: '/api/devices',
    tag: 'Devices',
    summary: 'Register a tracker; its secret is in this answer only',
    roles: workshop,
    body: z.strictObject({
      id: s.deviceId.optional(),
      trackerId: s.trackerId.optional(),
      name: s.name,
      mount: s.deviceMount,
    }),
    response: deviceSecret,
    mutation: true,
  }),
  updateDevice: route({
    method: 'PATCH',
    path: '/api/devices/:id',
    tag: 'Devices',
    summary: 'Rename or move a tracker',
    roles: workshop,
    params: byId(s.deviceId),
    body: patchOf({ name: s.name.optional(), mount: s.deviceMount.optional() }),
    response: s.device,
    mutation: true,
  }),
  rotateDevice: route({
    method: 'POST',
    path: '/api/devices/:id/secret',
    tag: 'Devices',
    summary: 'Give a tracker a new secret',
    roles: workshop,
    params: byId(s.deviceId),
    response: deviceSecret,
    mutation: true,
  }),
  removeDevice: route({
    method: 'DELETE',
    path: '/api/devices/:id',
    tag: 'Devices',
    summary: 'Remove a tracker',
    roles: workshop,
    params: byId(s.deviceId),
    mutation: true,
  }),
} as const satisfies Record<string, Route>
