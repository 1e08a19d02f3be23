import type { MapManifest } from '@fleet/server/map'
import { bytes } from '../cluster/bytes.ts'
import { boundsText } from './bounds.ts'

const count = (value: number, one: string) =>
  `${value.toLocaleString('en-GB')} ${one}${value === 1 ? '' : one.endsWith('s') ? 'es' : 's'}`

/** What there is to know of an imported map, for people. */
export function mapText(manifest: MapManifest): string {
  return [
    `Map of ${manifest.source} (${bytes(manifest.sourceBytes)}), imported ${new Date(manifest.importedAtMs).toLocaleString('sv')}`,
    `  covers     ${boundsText(manifest.bounds)}`,
    `  tiles      ${count(manifest.tiles, 'tile')}, ${bytes(manifest.tilesBytes)}`,
    `  addresses  ${count(manifest.addresses, 'address')} on ${count(manifest.streets, 'street')}, ${bytes(manifest.addressesBytes)}`,
    '© OpenStreetMap contributors, ODbL',
  ].join('\n')
}
