import type { Role } from '@fleet/domain'
import { routes, type RouteName } from '@fleet/api'
import { useQuery } from '@tanstack/react-query'
import { type Session, sessionKey, useServices } from './services.ts'

/** Who is signed in; undefined while the server has not said. */
export function useSession(): Session | null | undefined {
  const { api } = useServices()
  return useQuery<Session | null>({
    queryKey: sessionKey,
    queryFn: () => api.call('getSession', {}),
    staleTime: Number.POSITIVE_INFINITY,
    // Asked until it is known: a server without its database cannot say who this is.
    refetchInterval: ({ state }) => (state.data === undefined ? 2_000 : false),
  }).data
}

export const useRole = (): Role | undefined => useSession()?.user.role

/** Whether whoever is signed in may do this: the same line of the route table that the server asks. */
export function useMay(route: RouteName): boolean {
  const role = useRole()
  const { roles } = routes[route] as { readonly roles: readonly Role[] | 'anyone' }
  return roles === 'anyone' || (role !== undefined && roles.includes(role))
}
