import type { ImportedMap } from '@fleet/api'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { useServices } from '../app/services.ts'

const queryKey = ['map'] as const
/** Somebody imports a map once in a while; an open screen has it within this time. */
const refetchMs = 60_000

/** The imported map; null when there is none, undefined until the server has said. */
export function useImportedMap(): ImportedMap | null | undefined {
  const { api } = useServices()
  const { data } = useQuery({
    queryKey,
    queryFn: ({ signal }) => api.call('getMap', { signal }),
    refetchInterval: refetchMs,
    refetchOnWindowFocus: 'always',
  })
  return data?.imported
}

/** Asks again at once: for when a tile could not be had. */
export function useRecheckImportedMap(): () => void {
  const queries = useQueryClient()
  // Every tile in view may be missing at once: one question is enough.
  return useCallback(() => void queries.refetchQueries({ queryKey }, { cancelRefetch: false }), [queries])
}
