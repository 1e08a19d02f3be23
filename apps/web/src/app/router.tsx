import type { QueryClient } from '@tanstack/react-query'
import {
  createHashHistory,
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router'
import { parseLiveSearch } from '../live-page/live-search.ts'
import { NotFound, PageError } from './page-error.tsx'
import { fetchSession, type Services, sessionKey } from './services.ts'
import { Shell } from './shell.tsx'

/*
 * Routes live behind the hash: the one-time link's token then never reaches a server's log, and any static server,
 * the desktop shell included, can serve the app without rewrites.
 */
interface RouterContext {
  readonly services: Services
}

const rootRoute = createRootRouteWithContext<RouterContext>()({
  notFoundComponent: NotFound,
  errorComponent: PageError,
})

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { to?: string } =>
    typeof search['to'] === 'string' && search['to'].startsWith('/') ? { to: search['to'] } : {},
  component: lazyRouteComponent(() => import('../session/sign-in-page.tsx'), 'SignInPage'),
})

const linkRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/link/$token',
  component: lazyRouteComponent(() => import('../session/link-page.tsx'), 'LinkPage'),
})

/** Every page inside has a session. */
const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  beforeLoad: async ({ context, location }) => {
    if ((await currentSession(context.services)) === null)
      throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { to: location.href } })
  },
  component: Shell,
})

const liveRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/',
  validateSearch: parseLiveSearch,
  component: lazyRouteComponent(() => import('../live-page/live-page.tsx'), 'LivePage'),
})

/** A server out of reach is no reason to ask for a password: the shell shows itself offline. */
async function currentSession({ api, queries }: { api: Services['api']; queries: QueryClient }) {
  const known = queries.getQueryData<Awaited<ReturnType<typeof fetchSession>>>(sessionKey)
  if (known !== undefined) return known
  try {
    const session = await fetchSession(api)
    queries.setQueryData(sessionKey, session)
    return session
  } catch {
    return undefined
  }
}

export function createAppRouter(services: Services) {
  return createRouter({
    routeTree: rootRoute.addChildren([signInRoute, linkRoute, shellRoute.addChildren([liveRoute])]),
    history: createHashHistory(),
    context: { services },
    defaultPreload: false,
    // Flat text both ways: `?bike=AMS-0042`, not JSON in quotes, and commas that people can read.
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (search) => {
      const parameters = new URLSearchParams()
      for (const [key, value] of Object.entries(search))
        if (value !== undefined && value !== '') parameters.set(key, String(value))
      const text = parameters.toString().replaceAll('%2C', ',').replaceAll('%2F', '/')
      return text === '' ? '' : `?${text}`
    },
  })
}

export type AppRouter = ReturnType<typeof createAppRouter>

declare module '@tanstack/react-router' {
  interface Register {
    router: AppRouter
  }
}
