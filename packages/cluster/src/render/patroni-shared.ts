import { type ClusterSpec, type Durability, hostsWith } from '../spec/cluster-spec.ts'
import { dcsParameters } from '../spec/sizing.ts'

/** What Patroni keeps in etcd for all members (patroni: Dynamic Configuration Settings). */
export interface SharedConfiguration {
  readonly ttl: number
  readonly loop_wait: number
  readonly retry_timeout: number
  readonly maximum_lag_on_failover: number
  readonly synchronous_mode: boolean | 'quorum'
  readonly synchronous_mode_strict: boolean
  readonly synchronous_node_count: number
  readonly failsafe_mode: boolean
  readonly check_timeline: boolean
  readonly primary_start_timeout: number
  readonly primary_stop_timeout: number
  readonly postgresql: {
    readonly use_pg_rewind: boolean
    readonly use_slots: boolean
    readonly parameters: Readonly<Record<string, string>>
  }
}

const synchronousModes: Readonly<Record<Durability, boolean | 'quorum'>> = {
  quorum: 'quorum',
  sync: true,
  async: false,
}

/**
 * The configuration that all members share. It is in patroni.yml for the moment a cluster begins; afterwards etcd's copy
 * counts. As the body of Patroni's `PATCH /config` it makes that copy equal again, and leaves `pause` alone.
 *
 * @throws Error when the spec has no PostgreSQL host: a bug, as checking refuses it
 */
export function sharedConfiguration(spec: ClusterSpec): SharedConfiguration {
  const [anyNode] = hostsWith(spec, 'postgresql')
  if (!anyNode) throw new Error('The spec has no PostgreSQL host.')
  const losesNothing = spec.postgresql.durability !== 'async'
  return {
    ttl: spec.failover.ttlS,
    loop_wait: spec.failover.loopWaitS,
    retry_timeout: spec.failover.retryTimeoutS,
    maximum_lag_on_failover: spec.failover.maximumLagBytes,
    synchronous_mode: synchronousModes[spec.postgresql.durability],
    // Strict would stop writes when both standbys are gone: a second fault. It also lets Patroni fall back to `*`,
    // which any streaming client satisfies.
    synchronous_mode_strict: false,
    synchronous_node_count: 1,
    // Without etcd the primary goes on as long as it reaches every other member itself.
    failsafe_mode: true,
    check_timeline: true,
    // PostgreSQL crashed, its host lives. A standby has everything that was acknowledged and takes over in about 2 s,
    // however long recovery would take. Asynchronous standbys may lack rows that only this disk has: recover first.
    primary_start_timeout: losesNothing ? 0 : 300,
    // A demoted primary that does not stop in time is killed, so that a standby can take over; with synchronous
    // standbys nothing is lost by that. (Patroni ignores it without.)
    primary_stop_timeout: 15,
    postgresql: {
      use_pg_rewind: true,
      use_slots: true,
      parameters: dcsParameters(spec, anyNode).shared,
    },
  }
}
