import type { Icon } from '@tabler/icons-react'

/** Something that the command palette reaches. */
export interface PaletteEntry {
  /** Unique among all entries. */
  readonly id: string
  readonly title: string
  /** Beside the title, quieter: a status, an address. */
  readonly detail?: string
  readonly group: 'selection' | 'page' | 'record' | 'app'
  readonly icon?: Icon
  /** More words that it is found by. */
  readonly keywords?: string
  readonly shortcut?: string
  readonly run: () => void
}

/** What pages on screen offer to the palette. */
export class PaletteRegistry {
  readonly #sources = new Set<readonly PaletteEntry[]>()
  #entries: readonly PaletteEntry[] = []
  readonly #listeners = new Set<() => void>()

  get entries(): readonly PaletteEntry[] {
    return this.#entries
  }

  /** @returns takes them out again */
  add(entries: readonly PaletteEntry[]): () => void {
    this.#sources.add(entries)
    this.#renew()
    return () => {
      this.#sources.delete(entries)
      this.#renew()
    }
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #renew(): void {
    this.#entries = [...this.#sources].flat()
    for (const listener of this.#listeners) listener()
  }
}
