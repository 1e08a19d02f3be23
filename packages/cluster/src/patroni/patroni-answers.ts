import { z } from 'zod'

// What Patroni 4.0 answers (patroni/api.py and `cluster_as_json` in patroni/utils.py), in our names. Keys that we do
// not read are let through unread: a newer Patroni adds some.

const flag = z.boolean().default(false)
const tags = z.record(z.string(), z.unknown()).default({})
/** By setting: the value that runs and the value that waits for a restart. */
const pendingRestartReason = z
  .record(z.string(), z.object({ old_value: z.unknown(), new_value: z.unknown() }))
  .default({})
  .transform((reasons) =>
    Object.entries(reasons).map(([setting, { old_value, new_value }]) => ({
      setting,
      running: String(old_value),
      wanted: String(new_value),
    })),
  )

/** `leader` of a cluster; `quorum_standby` and `sync_standby` acknowledge commits; `replica` does not. */
const memberRoles = ['leader', 'standby_leader', 'sync_standby', 'quorum_standby', 'replica'] as const

const member = z
  .object({
    name: z.string(),
    role: z.enum(memberRoles),
    /** `running` for a leader, `streaming` or `in archive recovery` for a standby; else what PostgreSQL is doing. */
    state: z.string(),
    host: z.string().optional(),
    port: z.number().optional(),
    timeline: z.number().optional(),
    lag: z.union([z.number(), z.literal('unknown')]).optional(),
    pending_restart: flag,
    pending_restart_reason: pendingRestartReason,
    tags,
  })
  .transform((found) => ({
    name: found.name,
    role: found.role,
    state: found.state,
    address: found.host ?? null,
    port: found.port ?? null,
    timeline: found.timeline ?? null,
    /** Bytes of WAL behind the leader; null when unknown, and for the leader itself. */
    lagBytes: typeof found.lag === 'number' ? found.lag : null,
    pendingRestart: found.pending_restart,
    pendingRestartReasons: found.pending_restart_reason,
    tags: found.tags,
  }))

export const clusterAnswer = z
  .object({
    scope: z.string(),
    members: z.array(member),
    pause: flag,
    scheduled_switchover: z
      .object({ at: z.string(), from: z.string().optional(), to: z.string().optional() })
      .optional(),
  })
  .transform((found) => ({
    scope: found.scope,
    members: found.members,
    paused: found.pause,
    scheduledSwitchover: found.scheduled_switchover ?? null,
  }))

/** The cluster as one node reads it from etcd (`GET /cluster`). Members whose Patroni stopped for a ttl are not in it. */
export type PatroniCluster = z.output<typeof clusterAnswer>
export type PatroniMember = PatroniCluster['members'][number]

export const nodeAnswer = z
  .object({
    state: z.string(),
    role: z.string(),
    postmaster_start_time: z.string().optional(),
    server_version: z.number().optional(),
    timeline: z.number().nullish(),
    xlog: z
      .object({
        location: z.number().nullish(),
        received_location: z.number().nullish(),
        replayed_location: z.number().nullish(),
        replayed_timestamp: z.string().nullish(),
        paused: z.boolean().nullish(),
      })
      .default({}),
    replication_state: z.string().optional(),
    replication: z
      .array(
        z.object({
          usename: z.string().nullable(),
          application_name: z.string().nullable(),
          client_addr: z.string().nullable(),
          state: z.string().nullable(),
          sync_state: z.string().nullable(),
          sync_priority: z.number().nullable(),
        }),
      )
      .default([]),
    sync_standby: flag,
    quorum_standby: flag,
    pause: flag,
    cluster_unlocked: flag,
    failsafe_mode_is_active: flag,
    dcs_last_seen: z.number().default(0),
    pending_restart: flag,
    pending_restart_reason: pendingRestartReason,
    watchdog_failed: flag,
    database_system_identifier: z.string().optional(),
    tags,
    patroni: z.object({ version: z.string(), scope: z.string(), name: z.string() }),
  })
  .transform((found) => ({
    name: found.patroni.name,
    scope: found.patroni.scope,
    version: found.patroni.version,
    /** `running`, or what PostgreSQL is doing instead: `starting`, `stopped`, `creating replica`, ... */
    state: found.state,
    /** By pg_is_in_recovery() while it runs. */
    role: found.role === 'primary' ? ('primary' as const) : ('replica' as const),
    startedAt: found.postmaster_start_time ?? null,
    /** 170011 for 17.11. */
    serverVersion: found.server_version ?? null,
    timeline: found.timeline ?? null,
    /** Absolute WAL positions in bytes: flushed on a primary, received and replayed on a standby. */
    flushedLsn: found.xlog.location ?? null,
    receivedLsn: found.xlog.received_location ?? null,
    replayedLsn: found.xlog.replayed_location ?? null,
    /** When the last replayed transaction was committed; null before the first. */
    replayedAt: found.xlog.replayed_timestamp ?? null,
    replayPaused: found.xlog.paused ?? false,
    /** `streaming`, `in archive recovery`, or null. */
    replicationState: found.replication_state ?? null,
    /** Who streams from this node. */
    replication: found.replication.map((connection) => ({
      user: connection.usename,
      applicationName: connection.application_name,
      address: connection.client_addr,
      state: connection.state,
      syncState: connection.sync_state,
      syncPriority: connection.sync_priority,
    })),
    /** Its acknowledgement may count for a commit. */
    synchronous: found.sync_standby || found.quorum_standby,
    paused: found.pause,
    clusterUnlocked: found.cluster_unlocked,
    failsafeActive: found.failsafe_mode_is_active,
    /** When it last reached etcd, seconds since 1970 by its own clock. */
    dcsLastSeenS: found.dcs_last_seen,
    pendingRestart: found.pending_restart,
    pendingRestartReasons: found.pending_restart_reason,
    watchdogFailed: found.watchdog_failed,
    systemIdentifier: found.database_system_identifier ?? null,
    tags: found.tags,
  }))

/** One node about itself (`GET /patroni`, `/leader`); answered also when etcd is away. */
export type PatroniNode = z.output<typeof nodeAnswer>

/** The configuration that all nodes share, kept in etcd (`GET /config`), in Patroni's own names. */
export const configAnswer = z.looseObject({
  ttl: z.number().optional(),
  loop_wait: z.number().optional(),
  retry_timeout: z.number().optional(),
  maximum_lag_on_failover: z.number().optional(),
  primary_start_timeout: z.number().optional(),
  synchronous_mode: z.union([z.boolean(), z.string()]).optional(),
  failsafe_mode: z.boolean().optional(),
  pause: z.boolean().nullish(),
})
export type PatroniConfig = z.output<typeof configAnswer>

/** Merged into the configuration; a null takes the key away. */
export type PatroniConfigPatch = { readonly [key: string]: unknown }

export const historyAnswer = z.array(
  z
    .tuple([z.number(), z.number(), z.string()])
    .rest(z.string())
    .transform(([timeline, lsn, reason, at, leader]) => ({
      /** The timeline that ended. */
      timeline,
      lsn,
      reason,
      at: at ?? null,
      /** Who led after it. */
      leader: leader ?? null,
    })),
)
/** Every change of the primary, oldest first. */
export type PatroniHistory = z.output<typeof historyAnswer>
