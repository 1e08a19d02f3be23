import type { EntityByKind, EntityKind } from '@fleet/domain'
import type { Kysely } from 'kysely'
import { lastVersions } from './change-lines.ts'
import { loadEntities } from './entities.ts'
import type { KnownIds } from './port.ts'
import type { Schema } from './schema.ts'

/** See `Store.knownIds`. */
export async function knownIds<K extends EntityKind>(
  db: Kysely<Schema>,
  kind: K,
  ids: readonly EntityByKind[K]['id'][],
): Promise<KnownIds<K>> {
  const found = await loadEntities(db, kind, ids)
  const missing = ids.filter((id) => !found.has(id))
  const logged = await lastVersions(db, kind, missing)
  return {
    there: [...found.values()] as EntityByKind[K][],
    removed: missing.filter((id) => logged.has(id)),
  }
}
