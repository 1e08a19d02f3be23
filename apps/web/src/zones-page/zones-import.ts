import { createId, type Zone, type ZoneId } from '@fleet/domain'
import { contentHash, hexOf } from '../list-page/content-hash.ts'
import { findImported, type ImportedRow, type KnownIds } from '../list-page/imported-rows.ts'
import type { ZoneFields } from './zone-actions.ts'

/** Two zones with one name, kind and outline are one. */
export function importedZoneId({ name, kind, polygon }: ZoneFields, attempt: number): ZoneId {
  const outline = polygon.map(({ lat, lon }) => [lat, lon])
  return createId<ZoneId>(0, contentHash(JSON.stringify([name, kind, outline, attempt])))
}

type ImportedZone = Pick<Zone, 'id' | 'name'>
/** A zone of a file that may be imported. */
export type ZoneRow = ImportedRow<ZoneFields, ImportedZone>

/**
 * Looks up which zones are here already: imported before, whatever became of them since, or drawn by hand and exported.
 *
 * @param zones as they are now
 * @param known asks the server which ids are taken
 */
export async function findImportedZones(
  fields: readonly ZoneFields[],
  zones: Iterable<Zone>,
  known: (ids: readonly ZoneId[]) => Promise<KnownIds<ImportedZone>>,
): Promise<readonly ZoneRow[]> {
  const alike = new Map(Array.from(zones, (zone) => [importedZoneId(zone, 0), zone]))
  const rows = await findImported(fields, (content, _nth, attempt) => importedZoneId(content, attempt), known)
  return rows.map((row) =>
    row.there === null ? { ...row, there: alike.get(importedZoneId(row.content, 0)) ?? null } : row,
  )
}

/** What is new, each once: a file may say the same twice. */
export const freshZones = (rows: readonly ZoneRow[]): readonly ZoneRow[] =>
  rows.filter(({ id, there }, at) => there === null && rows.findIndex((row) => row.id === id) === at)

/** One request that draws all zones, or none; the same key for the same zones. */
export function createZonesImport(rows: readonly ZoneRow[]): {
  readonly key: string
  readonly zones: readonly (Pick<Zone, 'id'> & ZoneFields)[]
} {
  return {
    key: `zones-${hexOf(contentHash(rows.map(({ id }) => id).join()))}`,
    zones: rows.map(({ id, content }) => ({ ...content, id })),
  }
}
