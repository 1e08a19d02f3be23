import { issueEvents, issueKinds, issueReporters, issueStatuses } from '@fleet/domain'
import { z } from 'zod'
import * as s from '../schemas.ts'
import { route, staff, workshop, byId, anyOf, listQuery, patchOf, queryTime, type Route } from './route.ts'

export const issuesRoutes = {
  listIssues: route({
    method: 'GET',
    path: '/api/issues',
    tag: 'Issues',
    summary: 'List issues',
    roles: staff,
    query: listQuery.extend({
      status: anyOf(issueStatuses),
      kind: anyOf(issueKinds),
      /** Reported: fromMs <= time < toMs. */
      fromMs: queryTime.optional(),
      toMs: queryTime.optional(),
      bikeId: s.bikeId.optional(),
      courierId: s.courierId.optional(),
      deliveryId: s.deliveryId.optional(),
    }),
    response: s.page(s.issue),
    mutation: false,
  }),
  getIssue: route({
    method: 'GET',
    path: '/api/issues/:id',
    tag: 'Issues',
    summary: 'One issue',
    roles: staff,
    params: byId(s.issueId),
    response: s.issue,
    mutation: false,
  }),
  createIssue: route({
    method: 'POST',
    path: '/api/issues',
    tag: 'Issues',
    summary: 'Report an issue',
    roles: ['admin', 'dispatcher', 'mechanic', 'courier'],
    body: z.strictObject({
      id: s.issueId.optional(),
      kind: z.enum(issueKinds),
      reporter: z.enum(issueReporters),
      description: s.text(4000),
      bikeId: s.bikeId.nullable().default(null),
      courierId: s.courierId.nullable().default(null),
      deliveryId: s.deliveryId.nullable().default(null),
      /** Stored before, with putAttachment. */
      photoId: s.attachmentId.nullable().default(null),
    }),
    response: s.issue,
    mutation: true,
  }),
  updateIssue: route({
    method: 'PATCH',
    path: '/api/issues/:id',
    tag: 'Issues',
    summary: 'Correct an issue',
    roles: workshop,
    params: byId(s.issueId),
    body: patchOf({
      kind: z.enum(issueKinds).optional(),
      description: s.text(4000).optional(),
      bikeId: s.bikeId.nullable().optional(),
      courierId: s.courierId.nullable().optional(),
      deliveryId: s.deliveryId.nullable().optional(),
    }),
    response: s.issue,
    mutation: true,
  }),
  stepIssue: route({
    method: 'POST',
    path: '/api/issues/:id/steps',
    tag: 'Issues',
    summary: 'Start, stop, resolve or reopen',
    roles: workshop,
    params: byId(s.issueId),
    body: z.strictObject({ event: z.enum(issueEvents) }),
    response: s.issue,
    mutation: true,
  }),
  commentIssue: route({
    method: 'POST',
    path: '/api/issues/:id/comments',
    tag: 'Issues',
    summary: 'Comment',
    roles: workshop,
    params: byId(s.issueId),
    body: z.strictObject({
      text: s.text(4000).refine((value) => value.trim().length > 0, 'must not be empty'),
    }),
    response: s.issue,
    mutation: true,
  }),
} as const satisfies Record<string, Route>
