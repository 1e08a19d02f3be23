import type { ChangeMessage, LiveSnapshot } from '@fleet/api'
import type { Bike, Courier, Delivery, Device, EntityByKind, EntityKind, Issue, Zone } from '@fleet/domain'

/** What the server told us of everything but positions, by id. A value: every change makes a new one. */
export interface Registry {
  readonly logId: string | null
  /** The place in the change log up to which this is complete. */
  readonly seq: string
  readonly bikes: ReadonlyMap<string, Bike>
  readonly couriers: ReadonlyMap<string, Courier>
  readonly deliveries: ReadonlyMap<string, Delivery>
  readonly issues: ReadonlyMap<string, Issue>
  readonly zones: ReadonlyMap<string, Zone>
  readonly devices: ReadonlyMap<string, Device>
  /** Versions of removed rows: without them a late change would bring a removed bike back. */
  readonly removed: ReadonlyMap<string, number>
}

export const emptyRegistry: Registry = {
  logId: null,
  seq: '0',
  bikes: new Map(),
  couriers: new Map(),
  deliveries: new Map(),
  issues: new Map(),
  zones: new Map(),
  devices: new Map(),
  removed: new Map(),
}

export type CollectionName = 'bikes' | 'couriers' | 'deliveries' | 'issues' | 'zones' | 'devices'
/** The kinds that the live picture holds. Accounts and the like are not part of it. */
export type LiveKind = 'bike' | 'courier' | 'delivery' | 'issue' | 'zone' | 'device'
const collections: Readonly<Record<LiveKind, CollectionName>> = {
  bike: 'bikes',
  courier: 'couriers',
  delivery: 'deliveries',
  issue: 'issues',
  zone: 'zones',
  device: 'devices',
}

export const isLiveKind = (kind: EntityKind): kind is LiveKind => kind in collections
export const collectionOf = (kind: LiveKind): CollectionName => collections[kind]

const byId = <T extends { readonly id: string }>(items: readonly T[]): ReadonlyMap<string, T> =>
  new Map(items.map((item) => [item.id, item]))

/**
 * A snapshot replaces everything, except when it is older than what we hold of the same log: a standby that lags
 * may answer a reconnect with yesterday's picture.
 */
export function applySnapshot(registry: Registry, snapshot: LiveSnapshot): Registry {
  if (registry.logId === snapshot.logId && BigInt(snapshot.seq) < BigInt(registry.seq)) return registry
  return {
    logId: snapshot.logId,
    seq: snapshot.seq,
    bikes: byId(snapshot.bikes),
    couriers: byId(snapshot.couriers),
    deliveries: byId(snapshot.deliveries),
    issues: byId(snapshot.issues),
    zones: byId(snapshot.zones),
    devices: byId(snapshot.devices),
    removed: new Map(),
  }
}

/**
 * Applies changes by version: a row is never replaced by an older one, a removed row never returns by a late
 * change. So the outcome does not depend on the order or the number of times that changes arrive.
 */
export function applyChanges(registry: Registry, seq: string, changes: readonly ChangeMessage[]): Registry {
  const touched: { -readonly [K in CollectionName]?: Map<string, EntityByKind[EntityKind]> } = {}
  let removed: Map<string, number> | null = null
  for (const change of changes) {
    if (!isLiveKind(change.kind)) continue
    const name = collectionOf(change.kind)
    const rows = (touched[name] ?? registry[name]) as ReadonlyMap<string, EntityByKind[EntityKind]>
    const known = rows.get(change.id)?.version ?? (removed ?? registry.removed).get(change.id) ?? 0
    const stale = change.entity === null ? change.version < known : change.version <= known
    if (stale) continue
    const copy = (touched[name] ??= new Map(rows))
    if (change.entity === null) {
      copy.delete(change.id)
      removed ??= new Map(registry.removed)
      removed.set(change.id, change.version)
    } else copy.set(change.id, change.entity)
  }
  return {
    ...registry,
    ...(touched as Partial<Registry>),
    removed: removed ?? registry.removed,
    seq: BigInt(seq) > BigInt(registry.seq) ? seq : registry.seq,
  }
}
