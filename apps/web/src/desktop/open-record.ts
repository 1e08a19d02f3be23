import type { ApiClient } from '@fleet/api'

/** What an address outside the app may name: `bike-fleet://delivery/D-000123`. */
export const openKinds = ['delivery', 'bike', 'courier', 'issue', 'zone'] as const
export type OpenKind = (typeof openKinds)[number]

export const isOpenKind = (kind: string): kind is OpenKind => (openKinds as readonly string[]).includes(kind)

/**
 * Where a record is in the app; null when there is none. Codes of deliveries and bikes, numbers and names of couriers and
 * zones, and ids of all of them.
 *
 * @throws ApiError when this person may not see such records, or what `fetch` throws
 */
export async function findRecordPath(api: ApiClient, kind: OpenKind, id: string): Promise<string | null> {
  const query = { search: id.slice(0, 100), limit: 100 }
  const wanted = id.toLowerCase()
  const isMeant = (...names: readonly (string | number)[]) =>
    names.some((name) => String(name).toLowerCase() === wanted)
  switch (kind) {
    case 'delivery': {
      const { items } = await api.call('listDeliveries', { query })
      const found = items.find((row) => isMeant(row.code, row.id))
      return found === undefined ? null : `/deliveries?d=${encodeURIComponent(found.code)}`
    }
    case 'bike': {
      const { items } = await api.call('listBikes', { query })
      const found = items.find((row) => isMeant(row.code, row.id))
      return found === undefined ? null : `/?bike=${encodeURIComponent(found.code)}`
    }
    case 'courier': {
      const { items } = await api.call('listCouriers', { query: /^\d+$/.test(id) ? { limit: 500 } : query })
      const found = items.find((row) => isMeant(row.no, row.name, row.id))
      return found === undefined ? null : `/couriers?c=${found.no}`
    }
    case 'zone': {
      const { items } = await api.call('listZones', { query })
      const found = items.find((row) => isMeant(row.name, row.id))
      return found === undefined ? null : `/zones?z=${found.id}`
    }
    case 'issue':
      break
  }
  if (!/^[0-9a-f-]{36}$/.test(wanted)) return null
  try {
    const issue = await api.call('getIssue', { params: { id: wanted } })
    return `/issues?i=${issue.id}`
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

const isMissing = (error: unknown): boolean =>
  (error as { problem?: { code?: string } }).problem?.code === 'not_found'
