import type { Delivery } from '@fleet/domain'
import { useCallback, useMemo, useState } from 'react'
import { listedOnly, nothingSelected, type Selection } from '../table/selection.ts'
import { type DeliveriesSearch, mostSelectedInAddress, parseCodes } from './deliveries-search.ts'

interface DeliverySelection {
  readonly selection: Selection
  readonly select: (ids: Iterable<string>) => void
  /** The rows, as they are now. */
  readonly selected: readonly Delivery[]
}

/**
 * What is selected in list and lanes, and shown on the map. Few are named in the address.
 *
 * @param named codes that the address names; until somebody selects, they are what is selected
 */
export function useDeliverySelection(
  rows: readonly Delivery[],
  newest: (delivery: Delivery) => Delivery,
  named: string | undefined,
  patch: (change: Partial<Record<keyof DeliveriesSearch, string | undefined>>) => void,
): DeliverySelection {
  const [chosen, setChosen] = useState<Selection | null>(null)
  const codes = useMemo(() => new Set(parseCodes(named)), [named])
  const selection = useMemo(() => {
    if (chosen !== null) return listedOnly(chosen, rows)
    if (codes.size === 0) return nothingSelected
    return new Set(rows.filter(({ code }) => codes.has(code)).map(({ id }) => id))
  }, [chosen, codes, rows])
  const select = useCallback(
    (ids: Iterable<string>) => {
      const next: Selection = new Set(ids)
      setChosen(next)
      const few = next.size > mostSelectedInAddress ? [] : rows.filter(({ id }) => next.has(id))
      patch({ sel: few.length === 0 ? undefined : few.map(({ code }) => code).join(',') })
    },
    [rows, patch],
  )
  const selected = useMemo(
    () => (selection.size === 0 ? [] : rows.filter(({ id }) => selection.has(id)).map(newest)),
    [rows, selection, newest],
  )
  return { selection, select, selected }
}
