import { useDebouncedValue } from '@mantine/hooks'
import { IconPackage } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { rowsKey, useServices } from '../app/services.ts'
import type { PaletteEntry } from './palette-registry.ts'

const leastLetters = 3
const none: readonly PaletteEntry[] = []

/** Deliveries that the live picture does not hold (any more), looked up on the server while somebody types. */
export function useFoundDeliveries(text: string, known: readonly PaletteEntry[]): readonly PaletteEntry[] {
  const { t } = useTranslation()
  const { api } = useServices()
  const navigate = useNavigate()
  const [search] = useDebouncedValue(text.trim(), 150)
  const enabled = search.length >= leastLetters
  const { data } = useQuery({
    queryKey: [rowsKey, 'palette', search],
    enabled,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) =>
      (await api.call('listDeliveries', { query: { search: search.slice(0, 100), limit: 10 }, signal }))
        .items,
  })
  return useMemo(() => {
    if (!enabled || data === undefined) return none
    const ids = new Set(known.map((entry) => entry.id))
    return data
      .filter((delivery) => !ids.has(`delivery-${delivery.id}`))
      .map((delivery): PaletteEntry => ({
        id: `delivery-${delivery.id}`,
        group: 'record',
        icon: IconPackage,
        title: delivery.code,
        detail: `${t(`deliveryStatus.${delivery.status}`)} · ${delivery.dropoff.address}`,
        run: () => void navigate({ to: '/deliveries', search: { d: delivery.code } }),
      }))
  }, [enabled, data, known, navigate, t])
}
