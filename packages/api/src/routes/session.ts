import { z } from 'zod'
import * as s from '../schemas.ts'
import { route, signedIn, type Route } from './route.ts'

export const credentials = z.object({
  name: z.string().min(1).max(100),
  password: z.string().min(1).max(1000),
})

export const session = z
  .object({
    user: s.user,
    expiresAtMs: s.timeMs,
    /** Where couriers reach a dispatcher; null when nobody has set a number. */
    dispatchPhone: z.string().nullable(),
  })
  .meta({ id: 'Session' })

export const sessionRoutes = {
  getSession: route({
    method: 'GET',
    path: '/api/session',
    tag: 'Session',
    summary: 'Who is signed in',
    roles: signedIn,
    response: session,
    mutation: false,
  }),
  signIn: route({
    method: 'POST',
    path: '/api/session',
    tag: 'Session',
    summary: 'Sign in with name and password',
    roles: 'anyone',
    body: credentials,
    response: session,
    mutation: false,
  }),
  signInByLink: route({
    method: 'POST',
    path: '/api/session/link',
    tag: 'Session',
    summary: 'Sign in with the one-time link that the program printed',
    roles: 'anyone',
    body: z.object({ token: z.string().min(1).max(200) }),
    response: session,
    mutation: false,
  }),
  signOut: route({
    method: 'DELETE',
    path: '/api/session',
    tag: 'Session',
    summary: 'Sign out',
    roles: signedIn,
    mutation: false,
  }),
} as const satisfies Record<string, Route>
