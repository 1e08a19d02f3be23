import type { QueryClient } from '@tanstack/react-query'
import {
  createHashHistory,
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router'
import { parseCourierSearch } from '../courier-page/courier-search.ts'
import { dayKey } from '../courier-page/day.ts'
import { forgetKeptDay, readKeptDay } from '../courier-page/kept-day.ts'
import { parseBikesSearch } from '../bikes-page/bikes-search.ts'
import { parseCouriersSearch } from '../couriers-page/couriers-search.ts'
import { parseDeliveriesSearch } from '../deliveries-page/deliveries-search.ts'
import { parseInsightsSearch } from '../insights-page/insights-search.ts'
import { parseIssuesSearch } from '../issues-page/issues-search.ts'
import { parseLiveSearch } from '../live-page/live-search.ts'
import { parsePeopleSearch } from '../people-page/people-search.ts'
import { parseZonesSearch } from '../zones-page/zones-search.ts'
import { parseReplaySearch } from '../replay-page/replay-search.ts'
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

/** `#/start`: the desktop app before it knows its database, and whenever it cannot reach it. */
const startRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/start',
  validateSearch: (search: Record<string, unknown>): { change?: 'yes' } =>
    search['change'] === 'yes' ? { change: 'yes' } : {},
  component: lazyRouteComponent(() => import('../desktop/first-start/start-page.tsx'), 'StartPage'),
})

/** `#/track/TOKEN`: what a customer sees, without an account. */
const trackRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/track/$token',
  component: lazyRouteComponent(() => import('../tracking-page/tracking-page.tsx'), 'TrackingPage'),
})

/** A courier's own page, made for a phone; it has none of the shell around it. */
const courierRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/me',
  validateSearch: parseCourierSearch,
  beforeLoad: async ({ context, location }) => {
    const session = (await keptSession(context.services)) ?? (await currentSession(context.services))
    if (session === null) throw redirect({ to: '/sign-in', search: { to: location.href } })
    if (session !== undefined && session.user.role !== 'courier') throw redirect({ to: '/', search: {} })
  },
  component: lazyRouteComponent(() => import('../courier-page/courier-page.tsx'), 'CourierPage'),
})

/** Every page inside has a session. */
const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  beforeLoad: async ({ context, location }) => {
    const session = (await currentSession(context.services)) ?? (await keptSession(context.services))
    if (session === null)
      throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { to: location.href } })
    if (session?.user.role === 'courier') throw redirect({ to: '/me', search: {} })
    // While the page's code is still on its way. Whoever stops it again is the shell.
    context.services.live.start()
  },
  component: Shell,
})

const liveRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/',
  validateSearch: parseLiveSearch,
  component: lazyRouteComponent(() => import('../live-page/live-page.tsx'), 'LivePage'),
})

/** `#/map`: the map alone, in a window of its own. */
const mapRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/map',
  validateSearch: (search: Record<string, unknown>): { map?: string } =>
    typeof search['map'] === 'string' ? { map: search['map'] } : {},
  beforeLoad: async ({ context, location }) => {
    const session = await currentSession(context.services)
    if (session === null) throw redirect({ to: '/sign-in', search: { to: location.href } })
    if (session?.user.role === 'courier') throw redirect({ to: '/me', search: {} })
  },
  component: lazyRouteComponent(() => import('../desktop/map-page.tsx'), 'MapPage'),
})

/** `#/open/delivery/D-000123`: links from outside the app. */
const openRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/open/$kind/$id',
  component: lazyRouteComponent(() => import('../desktop/open-page.tsx'), 'OpenPage'),
})

const deliveriesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/deliveries',
  validateSearch: parseDeliveriesSearch,
  component: lazyRouteComponent(() => import('../deliveries-page/deliveries-page.tsx'), 'DeliveriesPage'),
})

const bikesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/bikes',
  validateSearch: parseBikesSearch,
  component: lazyRouteComponent(() => import('../bikes-page/bikes-page.tsx'), 'BikesPage'),
})

const issuesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/issues',
  validateSearch: parseIssuesSearch,
  component: lazyRouteComponent(() => import('../issues-page/issues-page.tsx'), 'IssuesPage'),
})

const couriersRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/couriers',
  validateSearch: parseCouriersSearch,
  component: lazyRouteComponent(() => import('../couriers-page/couriers-page.tsx'), 'CouriersPage'),
})

const insightsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/insights',
  validateSearch: parseInsightsSearch,
  component: lazyRouteComponent(() => import('../insights-page/insights-page.tsx'), 'InsightsPage'),
})

const replayRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/replay',
  validateSearch: parseReplaySearch,
  component: lazyRouteComponent(() => import('../replay-page/replay-page.tsx'), 'ReplayPage'),
})

const peopleRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/people',
  validateSearch: parsePeopleSearch,
  component: lazyRouteComponent(() => import('../people-page/people-page.tsx'), 'PeoplePage'),
})

/** In the desktop app only: the menu of the account leads here. */
const settingsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings',
  component: lazyRouteComponent(() => import('../desktop/settings/settings-page.tsx'), 'SettingsPage'),
})

const zonesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/zones',
  validateSearch: parseZonesSearch,
  component: lazyRouteComponent(() => import('../zones-page/zones-page.tsx'), 'ZonesPage'),
})

/** A server out of reach is no reason to ask for a password: the shell shows itself offline. */
async function currentSession({ api, queries }: { api: Services['api']; queries: QueryClient }) {
  const known = queries.getQueryData<Awaited<ReturnType<typeof fetchSession>>>(sessionKey)
  if (known !== undefined) return known
  try {
    const session = await fetchSession(api)
    queries.setQueryData(sessionKey, session)
    // What a courier who never signed out left on this device is not for others to see.
    if (session !== null && session.user.role !== 'courier') void forgetKeptDay()
    return session
  } catch {
    return undefined
  }
}

/**
 * Who was signed in when the courier's page was last open, with the day as it was then: it opens at once, network or not,
 * and reads both again.
 */
async function keptSession({ queries }: Services) {
  const known = queries.getQueryData<Awaited<ReturnType<typeof fetchSession>>>(sessionKey)
  if (known !== undefined) return known
  const kept = await readKeptDay()
  if (kept === null) return undefined
  queries.setQueryData(sessionKey, kept.session)
  queries.setQueryData(dayKey, kept.day, { updatedAt: kept.day.readAtMs })
  return kept.session
}

export function createAppRouter(services: Services) {
  return createRouter({
    routeTree: rootRoute.addChildren([
      signInRoute,
      linkRoute,
      startRoute,
      trackRoute,
      courierRoute,
      mapRoute,
      shellRoute.addChildren([
        liveRoute,
        openRoute,
        deliveriesRoute,
        bikesRoute,
        issuesRoute,
        couriersRoute,
        zonesRoute,
        insightsRoute,
        replayRoute,
        peopleRoute,
        settingsRoute,
      ]),
    ]),
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
