import type { DatabaseState, Store, StoreHealth } from '@fleet/store'
import { Counter, Gauge, type Registry } from 'prom-client'

const states = ['fine', 'switching', 'read_only', 'away'] as const satisfies readonly DatabaseState[]

/** What the store knows of its database and of its own coping, read when Prometheus asks. */
export function registerStoreMetrics(
  registry: Registry,
  store: Pick<Store, 'health'>,
  now: () => number,
): void {
  const gauges: readonly [
    name: string,
    help: string,
    label: string,
    read: (health: StoreHealth) => Values,
  ][] = [
    [
      'fleet_database_state',
      'The state of the database: 1 for the one that holds.',
      'state',
      ({ state }) => states.map((one) => [one, one === state ? 1 : 0]),
    ],
    [
      'fleet_database_pool_connections',
      'Connections of this instance; `max` is PG_POOL_SIZE.',
      'kind',
      ({ pool }) => (pool ? pick(pool, ['max', 'size', 'idle']) : []),
    ],
  ]
  for (const [name, help, label, read] of gauges)
    registry.registerMetric(
      new Gauge({
        name,
        help,
        labelNames: [label],
        registers: [],
        collect() {
          for (const [value, figure] of read(store.health.current())) this.set({ [label]: value }, figure)
        },
      }),
    )
  const single: readonly [name: string, help: string, read: (health: StoreHealth) => number | null][] = [
    [
      'fleet_database_state_age_seconds',
      'Since when the database is fine, or since when it is not.',
      ({ sinceMs }) => Math.max(0, now() - sinceMs) / 1000,
    ],
    [
      'fleet_database_pool_waiting',
      'Operations that wait for a connection.',
      ({ pool }) => pool?.waiting ?? null,
    ],
    [
      'fleet_change_feed_listening',
      '1 while the connection that is told of changes stands.',
      ({ feed }) => (feed ? Number(feed.isListening) : null),
    ],
    [
      'fleet_change_feed_lag_seconds',
      'Since the change log was looked at last; a quiet feed stays below 1.',
      ({ feed }) => (feed === null || feed.lookedMsAgo === null ? null : feed.lookedMsAgo / 1000),
    ],
  ]
  for (const [name, help, read] of single)
    registry.registerMetric(
      new Gauge({
        name,
        help,
        registers: [],
        collect() {
          const value = read(store.health.current())
          if (value === null) this.remove()
          else this.set(value)
        },
      }),
    )
  const counters: readonly [
    name: string,
    help: string,
    label: string,
    read: (health: StoreHealth) => Values,
  ][] = [
    [
      'fleet_store_retries_total',
      'Work that was run again, by reason.',
      'reason',
      ({ retries }) => Object.entries(retries),
    ],
    [
      'fleet_store_unknown_outcomes_total',
      'Commits whose answer was lost, by how it was found out what became of them.',
      'settlement',
      ({ unknownOutcomes }) => Object.entries(unknownOutcomes),
    ],
    [
      'fleet_store_reads_total',
      'Reads that may be a little old: from the replica, or why not.',
      'from',
      ({ replicaReads, readFallbacks }) => [['replica', replicaReads], ...Object.entries(readFallbacks)],
    ],
  ]
  for (const [name, help, label, read] of counters)
    registry.registerMetric(
      new Counter({
        name,
        help,
        labelNames: [label],
        registers: [],
        collect() {
          this.reset()
          for (const [value, count] of read(store.health.current())) this.inc({ [label]: value }, count)
        },
      }),
    )
}

type Values = readonly (readonly [label: string, value: number])[]

const pick = <T, K extends keyof T & string>(figures: T, names: readonly K[]) =>
  names.map((name) => [name, figures[name]] as const) as Values
