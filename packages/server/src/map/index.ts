export { type AddressIndex, type IndexedHouse, openAddressIndex, writeAddressIndex } from './address-index.ts'
export {
  addressesName,
  type MapManifest,
  type ReadManifest,
  readManifest,
  tilesName,
  workDirectory,
} from './map-manifest.ts'
export { createWorkDirectory, publishMap, removeMap, withMapLock } from './publish-map.ts'
