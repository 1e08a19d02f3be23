import { useEffect } from 'react'
import { useServices } from '../app/services.ts'
import type { PaletteEntry } from './palette-registry.ts'

/** Offers entries to the command palette while the component is on screen. Memoise the list. */
export function usePaletteEntries(entries: readonly PaletteEntry[]): void {
  const { palette } = useServices()
  useEffect(() => palette.add(entries), [palette, entries])
}
