import type { AnyEntity, EntityByKind, EntityKind } from '@fleet/domain'
import { sql } from 'kysely'
import type { CommandTransaction } from './backend.ts'
import { attachmentsLock, findAttachment } from './attachments.ts'
import { entitiesAt, lastVersions as readLastVersions, parseEntity } from './change-lines.ts'
import type { CommandReader, Write } from './commands/handler.ts'
import { lookups, type LookupName } from './commands/lookups.ts'
import { pinOf } from './delivery-secrets.ts'
import { loadEntities, loadEntity } from './entities.ts'
import { tableOf } from './schema.ts'

/** A transaction as handlers see it: the database under locks, and on top what was decided but not yet written. */
export interface DecidingReader extends CommandReader {
  /** The version of the row's last line in the change log, also when it was removed; 0 when it never was. */
  lastVersion(kind: EntityKind, id: string): Promise<number>
  /**
   * Reads rows that will be asked for, in few statements instead of two for each. Only for a transaction that holds the lock
   * on everything: a row that is read before it is locked may change.
   */
  preload(rows: readonly PreloadedRow[]): Promise<void>
  /** Makes later reads see these writes. */
  decided(writes: readonly Write[]): void
}

interface PreloadedRow {
  readonly kind: EntityKind
  readonly id: string
  /** As it was then, too; 0 or left out for none. */
  readonly alsoAtVersion?: number
}

const keyOf = (kind: EntityKind, id: string) => `${kind}:${id}`

/** @param lockRows false when the transaction holds the lock on everything, so that rows need none of their own */
export function createCommandReader(tx: CommandTransaction<unknown>, lockRows: boolean): DecidingReader {
  const loaded = new Map<string, AnyEntity | null>()
  const versions = new Map<string, AnyEntity>()
  const changed = new Map<string, EntityKind>()
  const lastVersions = new Map<string, number>()
  /** Rows that no line of the change log names. */
  const neverWere = new Set<string>()

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
      if (neverWere.has(keyOf(kind, id))) return null
      const row = await tx.db
        .selectFrom('changes')
        .select('entity')
        .where('kind', '=', kind)
        .where('entity_id', '=', id)
        .where('version', '=', version)
        .executeTakeFirst()
      return (row ? parseEntity(kind, row.entity) : null) as EntityByKind[K] | null
    },
    async lastVersion(kind, id) {
      const decided = lastVersions.get(keyOf(kind, id))
      if (decided !== undefined) return decided
      const row = await tx.db
        .selectFrom('changes')
        .select('version')
        .where('kind', '=', kind)
        .where('entity_id', '=', id)
        .orderBy('version', 'desc')
        .limit(1)
        .executeTakeFirst()
      return row?.version ?? 0
    },
    find,
    async claim(name, value) {
      if (lockRows) await tx.lock(`${name}:${value}`)
      return find(name, value)
    },
    async attachment(id) {
      // Shared with others who read; `removeOrphans` takes it alone.
      await tx.lock(attachmentsLock, 'shared')
      return findAttachment(tx.db, id)
    },
    pinOf: (deliveryId) => pinOf(tx.db, deliveryId),
    async preload(rows) {
      for (const [kind, some] of Map.groupBy(rows, (row) => row.kind)) {
        const ids = [...new Set(some.map(({ id }) => id))]
        const found = await loadEntities(tx.db, kind, ids)
        for (const id of ids) loaded.set(keyOf(kind, id), found.get(id) ?? null)
        const missing = ids.filter((id) => !found.has(id))
        const last = await readLastVersions(tx.db, kind, missing)
        for (const id of missing) {
          const version = last.get(id)
          if (version === undefined) neverWere.add(keyOf(kind, id))
          else lastVersions.set(keyOf(kind, id), version)
        }
        for (const [version, these] of Map.groupBy(some, (row) => row.alsoAtVersion ?? 0)) {
          if (version === 0) continue
          const before = await entitiesAt(
            tx.db,
            kind,
            version,
            these.map(({ id }) => id),
          )
          for (const [id, entity] of before)
            if (entity !== null) versions.set(`${keyOf(kind, id)}:${version}`, entity)
        }
      }
    },
    decided(writes) {
      for (const { kind, change, entity } of writes) {
        const key = keyOf(kind, entity.id)
        neverWere.delete(key)
        loaded.set(key, change === 'remove' ? null : entity)
        changed.set(key, kind)
        lastVersions.set(key, entity.version)
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
