import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AddressStreet } from '@fleet/domain'
import {
  addressesName,
  createWorkDirectory,
  type IndexedHouse,
  type MapManifest,
  publishMap,
  tilesName,
  withMapLock,
  writeAddressIndex,
} from '../src/map/index.ts'

/** 1,000 bytes that tell where in the file they are. */
export const testTiles = Buffer.from(Array.from({ length: 1_000 }, (_, i) => i % 251))

const at = { lat: 52.3751, lon: 4.8837 }
const streets: readonly (readonly [AddressStreet, readonly IndexedHouse[]])[] = [
  [
    { id: 1, kind: 'street', name: 'Prinsengracht', place: 'Amsterdam', point: at, houses: 3 },
    [
      { houseNumber: '263', number: 263, postcode: '1016GV', point: at },
      { houseNumber: '263-H', number: 263, postcode: '1016GV', point: at },
      { houseNumber: '265', number: 265, postcode: '1016GV', point: at },
    ],
  ],
  [{ id: 2, kind: 'place', name: 'Jordaan', place: '', point: at, houses: 0 }, []],
]

/** Publishes a map as `fleet map import` does, with tiles that are none. */
export async function publishTestMap(folder: string, id: string): Promise<MapManifest> {
  const manifest: MapManifest = {
    id,
    importedAtMs: 1_780_000_000_000,
    source: 'test.osm.pbf',
    sourceBytes: 1_234,
    bounds: [4.88, 52.37, 4.9, 52.38],
    minZoom: 9,
    maxZoom: 16,
    tiles: 1,
    tilesBytes: testTiles.length,
    streets: 1,
    addresses: 3,
    addressesBytes: 1,
  }
  await withMapLock(folder, async () => {
    const work = createWorkDirectory(folder, id)
    writeFileSync(join(work, tilesName), testTiles)
    writeAddressIndex(join(work, addressesName), streets)
    publishMap(folder, manifest)
  })
  return manifest
}
