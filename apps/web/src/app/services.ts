import { type ApiClient, ApiError, type CallOutput, createClient } from '@fleet/api'
import { QueryClient } from '@tanstack/react-query'
import { createContext, use } from 'react'
import { createLocalJournal } from '../actions/action-journal.ts'
import { ActionRunner } from '../actions/action-runner.ts'
import { guardLeaving } from '../actions/leave-guard.ts'
import { LiveStore } from '../live/live-store.ts'
import { onReturn } from '../live/on-return.ts'
import { inOneTab, openTabChannel } from '../outbox/one-tab.ts'
import { Outbox } from '../outbox/outbox.ts'
import { localOutboxStore } from '../outbox/outbox-store.ts'
import { verdictOf } from '../outbox/send-verdict.ts'
import { PaletteRegistry } from '../palette/palette-registry.ts'
import { ToastStore } from '../toasts/toast-store.ts'

export type Session = CallOutput<'getSession'>

/** What every page works with; made once, in main.tsx. */
export interface Services {
  readonly api: ApiClient
  readonly queries: QueryClient
  readonly live: LiveStore
  readonly toasts: ToastStore
  readonly actions: ActionRunner
  /** What is done without a network and sent later. */
  readonly outbox: Outbox
  readonly palette: PaletteRegistry
}

export const sessionKey = ['session'] as const

/** Queries whose key begins with this hold rows of the server: they are read again after every action. */
export const rowsKey = 'rows'

/** Epoch milliseconds that only grow: `Date.now` jumps when somebody sets the clock. */
export const steadyNow = (): number => performance.timeOrigin + performance.now()

export function createServices(): Services {
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        // A refusal stays a refusal; only a server out of reach is worth asking again.
        retry: (failures, error) => !(error instanceof ApiError) && failures < 3,
        refetchOnWindowFocus: false,
      },
    },
  })
  const client = createClient('', (input, init) => fetch(input, { ...init, credentials: 'same-origin' }))
  const api: ApiClient = {
    async call(name, input) {
      try {
        return await client.call(name, input)
      } catch (error) {
        // Whatever page asked: the session has ended, and the shell shows the way back in.
        if (isSignedOut(error) && name !== 'signIn' && name !== 'signInByLink')
          queries.setQueryData(sessionKey, null)
        throw error
      }
    },
  }
  const live = new LiveStore({
    createSocket: () => new WebSocket(new URL('/api/live', location.href.replace(/^http/, 'ws'))),
    now: steadyNow,
    random: Math.random,
    isSignedIn: async () => (await fetchSession(api)) !== null,
  })
  const readAgain = () => void queries.invalidateQueries({ queryKey: [rowsKey] })
  onReturn(live, readAgain)
  const toasts = new ToastStore()
  const actions = new ActionRunner({
    api,
    live,
    toasts,
    journal: createLocalJournal(),
    now: steadyNow,
    onChanged: readAgain,
    onStranger: (session) => queries.setQueryData(sessionKey, session),
  })
  guardLeaving(actions)
  const otherTabs = openTabChannel(() => void outbox.refresh())
  const outbox = new Outbox({
    store: localOutboxStore,
    api,
    now: Date.now,
    alone: inOneTab,
    tellOthers: otherTabs.tell,
  })
  return { api, queries, live, toasts, actions, outbox, palette: new PaletteRegistry() }
}

/** @returns null when nobody is signed in; throws when the server cannot be asked. */
export async function fetchSession(api: ApiClient): Promise<Session | null> {
  try {
    return await api.call('getSession', {})
  } catch (error) {
    if (isSignedOut(error)) return null
    throw error
  }
}

const isSignedOut = (error: unknown): boolean => verdictOf(error).is === 'signed-out'

export const ServicesContext = createContext<Services | null>(null)

export function useServices(): Services {
  const services = use(ServicesContext)
  if (services === null) throw new Error('useServices outside ServicesContext')
  return services
}
