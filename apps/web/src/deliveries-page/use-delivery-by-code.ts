import type { Delivery } from '@fleet/domain'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import { rowsKey, useServices } from '../app/services.ts'
import { useConnection } from '../live/live-hooks.ts'
import type { Registry } from '../live/registry.ts'
import { newestOf } from './merge-deliveries.ts'

const keyOf = (code: string | undefined) => [rowsKey, 'delivery-by-code', code] as const

/** For whoever has the row already: it need not be looked up. */
export function useKnownDelivery(): (delivery: Delivery) => void {
  const { queries } = useServices()
  return useCallback((delivery) => queries.setQueryData(keyOf(delivery.code), delivery), [queries])
}

/**
 * The delivery with this code, live where the live picture holds it, else as the server has it.
 *
 * @returns undefined while it is being looked up, null when there is none
 */
export function useDeliveryByCode(registry: Registry, code: string | undefined): Delivery | null | undefined {
  const { api } = useServices()
  const { hasData } = useConnection()
  const live = useMemo(
    () =>
      code === undefined
        ? undefined
        : [...registry.deliveries.values()].find((delivery) => delivery.code === code),
    [code, registry.deliveries],
  )
  const { data, isPending } = useQuery({
    queryKey: keyOf(code),
    enabled: code !== undefined && live === undefined && hasData,
    queryFn: async ({ signal }) => {
      const { items } = await api.call('listDeliveries', { query: { search: code!, limit: 10 }, signal })
      return items.find((delivery) => delivery.code === code) ?? null
    },
  })
  if (code === undefined) return null
  if (live !== undefined) return live
  if (isPending || data === undefined) return undefined
  return data === null ? null : newestOf(registry, data)
}
