import { z } from 'zod'
import * as s from '../schemas.ts'
import { byId, route, staff, type Route } from './route.ts'

const view = z.strictObject({
  name: s.text(60).refine((name) => name.trim().length > 0, 'must not be empty'),
  page: z.string().regex(/^\/[a-z-]{0,40}$/, 'must be the path of a page, like /deliveries'),
  search: s.text(2000),
})

/** Views that people saved, each their own. */
export const viewsRoutes = {
  listSavedViews: route({
    method: 'GET',
    path: '/api/views',
    tag: 'Views',
    summary: 'The saved views of whoever is signed in, by name',
    roles: staff,
    response: z.object({ items: z.array(view.extend({ id: s.savedViewId })) }),
    mutation: false,
  }),
  putSavedView: route({
    method: 'PUT',
    path: '/api/views/:id',
    tag: 'Views',
    summary: 'Save a view under an id of your choice, or change it; the same again changes nothing',
    roles: staff,
    params: byId(s.savedViewId),
    body: view,
    mutation: false,
  }),
  removeSavedView: route({
    method: 'DELETE',
    path: '/api/views/:id',
    tag: 'Views',
    summary: 'Forget a saved view; one that there is not is forgotten already',
    roles: staff,
    params: byId(s.savedViewId),
    mutation: false,
  }),
} as const satisfies Record<string, Route>
