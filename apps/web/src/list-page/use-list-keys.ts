import { type RefObject, useEffect } from 'react'
import { useShortcuts } from '../app/shortcuts.ts'
import type { DataTableHandle } from '../table/data-table.tsx'

interface ListKeys {
  readonly searchRef: RefObject<HTMLInputElement | null>
  /** What takes the focus back from the search and from the drawer. */
  readonly listRef: RefObject<DataTableHandle | null>
  readonly drawerOpen: boolean
  readonly onClose: () => void
  /** Left out for whoever may not. */
  readonly onCreate?: (() => void) | undefined
}

/** The keys that every page with a list has: `/` searches, Escape closes and goes back, N makes a new one. */
export function useListKeys({ searchRef, listRef, drawerOpen, onClose, onCreate }: ListKeys): void {
  useShortcuts({
    '/': () => searchRef.current?.focus(),
    Escape: () => (drawerOpen ? onClose() : false),
    n: () => (onCreate === undefined ? false : onCreate()),
  })
  useEffect(() => {
    const box = searchRef.current
    const listen = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' && event.key !== 'ArrowDown' && event.key !== 'Enter') return
      event.preventDefault()
      listRef.current?.focus()
    }
    box?.addEventListener('keydown', listen)
    return () => box?.removeEventListener('keydown', listen)
  }, [searchRef, listRef])
}
