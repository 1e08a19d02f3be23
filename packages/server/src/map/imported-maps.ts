import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type AddressDirectory, type AddressMatch, findAddresses } from '@fleet/domain'
import type { Log } from '../log.ts'
import { type AddressIndex, openAddressIndex } from './address-index.ts'
import {
  addressesName,
  manifestStamp,
  mapDirectory,
  type MapManifest,
  readManifest,
  tilesName,
} from './map-manifest.ts'
import { createShippedAddresses } from './shipped-addresses.ts'

/** The imported map as the running app sees it: what another process imported or removed counts at the next question. */
export interface ImportedMaps {
  /** Null: there is none, and the app draws its own map. */
  current(): MapManifest | null
  /** Folder and name of the tiles of this map; null when it is not the current one (any more). */
  tilesOf(id: string): { readonly folder: string; readonly name: string } | null
  searchAddresses(
    text: string,
    limit: number,
  ): { readonly source: 'imported' | 'shipped'; readonly items: readonly AddressMatch[] }
  close(): void
}

/** @param folder null: there is no place for maps, so there never is one */
export function openImportedMaps(folder: string | null, log: Log): ImportedMaps {
  let stamp = 'null false'
  let manifest: MapManifest | null = null
  let index: { readonly id: string; readonly addresses: AddressIndex | null } | null = null
  let shipped: AddressDirectory | null = null

  /** Somebody may clear the folder away by hand. */
  const areTilesThere = (): boolean =>
    folder !== null && manifest !== null && existsSync(join(mapDirectory(folder, manifest.id), tilesName))

  function current(): MapManifest | null {
    if (folder === null) return null
    const written = manifestStamp(folder)
    if (`${written} ${areTilesThere()}` === stamp) return manifest
    const read = readManifest(folder)
    manifest = read.state === 'current' ? read.manifest : null
    stamp = `${written} ${areTilesThere()}`
    if (read.state === 'broken')
      log.warn({ reason: read.message }, 'The imported map cannot be used; import it again')
    else log.info({ map: manifest?.id ?? null }, 'The imported map changed')
    return manifest
  }

  /** @returns null when there is none or it cannot be read, which is said once */
  function currentIndex(): AddressIndex | null {
    const map = current()
    if (index?.id === map?.id) return index?.addresses ?? null
    index?.addresses?.close()
    index = null
    if (map === null || folder === null) return null
    try {
      const addresses = openAddressIndex(join(mapDirectory(folder, map.id), addressesName))
      index = { id: map.id, addresses }
    } catch (error) {
      log.warn({ reason: String(error) }, 'The addresses of the imported map cannot be read; import it again')
      index = { id: map.id, addresses: null }
    }
    return index.addresses
  }

  return {
    current,
    tilesOf: (id) =>
      folder !== null && current()?.id === id ? { folder: mapDirectory(folder, id), name: tilesName } : null,
    searchAddresses(text, limit) {
      const imported = currentIndex()
      if (imported !== null) {
        const items = findAddresses(text, imported, limit)
        // An extract may be of a part of the city only.
        if (items.length > 0) return { source: 'imported', items }
      }
      shipped ??= createShippedAddresses()
      return { source: 'shipped', items: findAddresses(text, shipped, limit) }
    },
    close() {
      index?.addresses?.close()
      index = null
    },
  }
}
