import type { EntityByKind } from '@fleet/domain'
import { type CollectionName, collectionOf, type LiveKind, type Registry } from './registry.ts'

/** What somebody did at this screen and the server has not confirmed yet. */
export interface PendingChange {
  readonly kind: LiveKind
  readonly id: string
  /**
   * The row as it will be, from the row as it is; undefined where the registry holds none. Null takes it away,
   * undefined leaves everything as it is.
   */
  readonly apply: (row: unknown) => unknown
}

/** A pending change of one kind of row, so that `apply` is checked against it. */
export function pendingChange<K extends LiveKind>(
  kind: K,
  id: string,
  apply: (row: EntityByKind[K] | undefined) => EntityByKind[K] | null | undefined,
): PendingChange {
  return { kind, id, apply: apply as PendingChange['apply'] }
}

/** The registry with the pending changes on top, oldest first. Versions stay, so that the confirmed row replaces it. */
export function applyPending(registry: Registry, pending: Iterable<PendingChange>): Registry {
  const touched: Partial<Record<CollectionName, Map<string, unknown>>> = {}
  for (const { kind, id, apply } of pending) {
    const name = collectionOf(kind)
    const rows = touched[name] ?? (registry[name] as ReadonlyMap<string, unknown>)
    const row = apply(rows.get(id))
    if (row === undefined) continue
    const copy = (touched[name] ??= new Map(rows))
    if (row === null) copy.delete(id)
    else copy.set(id, row)
  }
  return Object.keys(touched).length === 0
    ? registry
    : { ...registry, ...(touched as unknown as Partial<Registry>) }
}
