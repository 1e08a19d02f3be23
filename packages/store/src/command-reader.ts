import type { AnyEntity, EntityByKind, EntityKind } from '@fleet/domain'
import { sql } from 'kysely'
import type { CommandTransaction } from './backend.ts'
import { parseEntity } from './change-lines.ts'
import type { CommandReader, Write } from './commands/handler.ts'
import { lookups, type LookupName } from './commands/lookups.ts'
import { loadEntity } from './entities.ts'
import { tableOf } from './schema.ts'

/** A transaction as handlers see it: the database under locks, and on top what was decided but not yet written. */
export interface DecidingReader extends CommandReader {
  /** Makes later reads see these writes. */
  decided(writes: readonly Write[]): void
}

const keyOf = (kind: EntityKind, id: string) => `${kind}:${id}`

/** @param lockRows false when the transaction holds the lock on everything, so that rows need none of their own */
export function createCommandReader(tx: CommandTransaction<unknown>, lockRows: boolean): DecidingReader {
  const loaded = new Map<string, AnyEntity | null>()
  const versions = new Map<string, AnyEntity>()
  const changed = new Map<string, EntityKind>()

  const find = async (name: LookupName, value: string): Promise<readonly string[]> => {
    const { kind, column, where, matches } = widen(lookups[name])
    // Column names come from the table of lookups, never from outside.
    const rows = await tx.db
      .selectFrom(tableOf[kind] as 'bikes')
      .select('id')
      .where(sql<boolean>`${sql.ref(column)} = ${value}`)
      .$if(where !== undefined, (query) =>
        query.where(sql<boolean>`${sql.ref(where!.column)} in (${sql.join([...where!.in])})`),
      )
      .execute()
    const ids = rows.map((row) => row.id).filter((id) => !changed.has(keyOf(kind, id)))
    for (const [key, changedKind] of changed) {
      const entity = changedKind === kind ? loaded.get(key) : undefined
      if (entity && matches(entity, value)) ids.push(entity.id)
    }
    return ids
  }

  return {
    async load<K extends EntityKind>(kind: K, id: string) {
      const key = keyOf(kind, id)
      if (!loaded.has(key)) {
        if (lockRows) await tx.lock(key)
        loaded.set(key, await loadEntity(tx.db, kind, id))
      }
      return loaded.get(key) as EntityByKind[K] | null
    },
    async atVersion<K extends EntityKind>(kind: K, id: string, version: number) {
      const decided = versions.get(`${keyOf(kind, id)}:${version}`)
      if (decided) return decided as EntityByKind[K]
      const row = await tx.db
        .selectFrom('changes')
        .select('entity')
        .where('kind', '=', kind)
        .where('entity_id', '=', id)
        .where('version', '=', version)
        .executeTakeFirst()
      return (row ? parseEntity(row.entity) : null) as EntityByKind[K] | null
    },
    find,
    async claim(name, value) {
      if (lockRows) await tx.lock(`${name}:${value}`)
      return find(name, value)
    },
    decided(writes) {
      for (const { kind, change, entity } of writes) {
        const key = keyOf(kind, entity.id)
        loaded.set(key, change === 'remove' ? null : entity)
        changed.set(key, kind)
        if (change !== 'remove') versions.set(`${key}:${entity.version}`, entity)
      }
    },
  }
}

interface AnyLookup {
  readonly kind: EntityKind
  readonly column: string
  readonly where?: { readonly column: string; readonly in: readonly unknown[] }
  readonly matches: (entity: AnyEntity, value: string) => boolean
}

/** Each lookup's `matches` takes the kind that it names, which the caller has compared. */
const widen = (lookup: unknown) => lookup as AnyLookup
