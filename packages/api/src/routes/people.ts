import { roles } from '@fleet/domain'
import { z } from 'zod'
import * as s from '../schemas.ts'
import { route, admin, byId, anyOf, listQuery, patchOf, type Route } from './route.ts'

/** Long beats complicated (NIST SP 800-63B). */
export const newPassword = z.string().min(12, 'must have at least 12 characters').max(1000)

export const peopleRoutes = {
  listUsers: route({
    method: 'GET',
    path: '/api/users',
    tag: 'Users',
    summary: 'List accounts',
    roles: admin,
    query: listQuery.extend({ role: anyOf(roles) }),
    response: s.page(s.user),
    mutation: false,
  }),
  createUser: route({
    method: 'POST',
    path: '/api/users',
    tag: 'Users',
    summary: 'Add an account',
    roles: admin,
    body: z.strictObject({
      name: s.userName,
      role: z.enum(roles),
      password: newPassword,
      courierId: s.courierId.nullable().default(null),
    }),
    response: s.user,
    mutation: true,
  }),
  updateUser: route({
    method: 'PATCH',
    path: '/api/users/:id',
    tag: 'Users',
    summary: 'Change role or disable',
    roles: admin,
    params: byId(s.userId),
    body: patchOf({
      role: z.enum(roles).optional(),
      disabled: z.boolean().optional(),
      courierId: s.courierId.nullable().optional(),
    }),
    response: s.user,
    mutation: true,
  }),
  setPassword: route({
    method: 'POST',
    path: '/api/users/:id/password',
    tag: 'Users',
    summary: 'Set a password and end their sessions',
    roles: admin,
    params: byId(s.userId),
    body: z.strictObject({ password: newPassword }),
    response: s.user,
    mutation: true,
  }),
  listAudit: route({
    method: 'GET',
    path: '/api/audit',
    tag: 'Audit',
    summary: 'Who did what when, newest first',
    roles: admin,
    query: listQuery.extend({ id: s.uuid.optional(), actorId: s.uuid.optional() }),
    response: s.page(s.change),
    mutation: false,
  }),
} as const satisfies Record<string, Route>
