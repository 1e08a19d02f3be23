import type { BackupKind } from '../pgbackrest/pgbackrest-info.ts'
import type { HostRole } from '../spec/cluster-spec.ts'
import type { Warning } from './warning.ts'

/** `degraded`: writes work and something needs a hand. `down`: something stops them. */
export type StatusLevel = 'healthy' | 'degraded' | 'down'

/** What a monitor gets as exit code. */
export const exitCodeOf: Readonly<Record<StatusLevel, 0 | 1 | 2>> = { healthy: 0, degraded: 1, down: 2 }

export type MemberRole = 'primary' | 'quorum_standby' | 'sync_standby' | 'replica'

/**
 * The answer of `fleet cluster status --json`. Fields are only ever added within `version` 1. Times are ISO 8601 in
 * UTC; a null is "not known", never "none", unless it says so. `answer` is null for a source that answered, else the
 * reason in words, and then what it would have told is null or empty.
 */
export interface ClusterStatus {
  readonly version: 1
  /** Name of the cluster in cluster.yml. */
  readonly cluster: string
  readonly observedAt: string
  readonly tookMs: number
  readonly level: StatusLevel
  /** One sentence for a person. */
  readonly verdict: string
  readonly writes: {
    /** Null: only HAProxy vouches for the primary, which itself does not answer. */
    readonly possible: boolean | null
    /** Who takes writes; null when nobody does or when it is disputed. */
    readonly primary: string | null
    /** Standbys that stream and whose acknowledgement counts for a commit; null when the primary did not say. */
    readonly acknowledgingStandbys: readonly string[] | null
    /** Why not, in words; null when possible. */
    readonly obstacle: string | null
  }
  /** Maintenance mode: Patroni changes nothing by itself. Null when no node said. */
  readonly paused: boolean | null
  /** The last change of the primary; null when there was none or nobody knows. */
  readonly lastFailover: { readonly at: string; readonly to: string | null; readonly timeline: number } | null
  /** Every database host, in the order of cluster.yml. */
  readonly members: readonly MemberStatus[]
  readonly etcd: {
    readonly leader: string | null
    /** Enough members answer and agree on a leader. */
    readonly quorum: boolean
    readonly members: readonly EtcdMemberStatus[]
  }
  /** Every HAProxy host. */
  readonly haproxies: readonly HaproxyStatus[]
  readonly vip: {
    readonly address: string
    readonly answer: string | null
    /** Who answers at the address, or else who has it by its own word. */
    readonly holder: string | null
  }
  readonly backup: BackupStatus
  readonly archive: ArchiveStatus
  /** Every host of cluster.yml. */
  readonly hosts: readonly HostStatus[]
  /** Worst first. */
  readonly warnings: readonly Warning[]
}

export interface MemberStatus {
  readonly name: string
  readonly answer: string | null
  readonly role: MemberRole | null
  /** `running` (primary), `streaming`, `in archive recovery`, `starting`, `stopped`, ... */
  readonly state: string | null
  readonly timeline: number | null
  /** Replay behind the primary; null for the primary. */
  readonly lagBytes: number | null
  readonly lagS: number | null
  /** The primary's word: `quorum`, `sync`, `potential`, `async`; null for the primary and for who does not stream. */
  readonly syncState: string | null
  readonly pendingRestart: boolean | null
  /** Settings that wait for the restart. */
  readonly pendingSettings: readonly string[]
}

export interface EtcdMemberStatus {
  readonly name: string
  readonly answer: string | null
  readonly leader: boolean | null
  readonly version: string | null
  readonly databaseBytes: number | null
  readonly alarms: readonly string[]
}

export interface HaproxyStatus {
  readonly name: string
  readonly answer: string | null
  /** By its host's own word. */
  readonly holdsVip: boolean | null
  /** Nodes that it sends writes to: one, when all is well. */
  readonly writesTo: readonly string[]
  /** It goes on only through a grace server, because the node's Patroni does not answer it. */
  readonly graceOnly: boolean
  /** Clients of 5432 and of 5433. */
  readonly clients: readonly {
    readonly port: number
    readonly connections: number
    /** At so many the next client waits to be accepted. */
    readonly maxConnections: number
  }[]
  readonly servers: readonly {
    /** 5432 or 5433 at the virtual address. */
    readonly port: number
    /** The node. */
    readonly name: string
    /** A grace server: used only while no other of its port is up. */
    readonly backup: boolean
    readonly up: boolean
    /** HAProxy's `status` and `check_status`: `UP`, `DOWN`, `MAINT`; `L7OK`, `L7STS`, `L4TOUT`, ... */
    readonly status: string
    readonly check: string
    readonly checkCode: number | null
    readonly sinceS: number
    readonly sessions: number
  }[]
}

export interface BackupStatus {
  /** Of the backup host. */
  readonly answer: string | null
  readonly running: boolean | null
  /** The newest of each kind; null when there is none. */
  readonly last: Readonly<
    Record<
      BackupKind,
      {
        readonly label: string
        readonly endedAt: string
        readonly ageS: number
        readonly databaseBytes: number
        readonly repositoryBytes: number
      } | null
    >
  >
  readonly count: number | null
  /** All backups together, without WAL. */
  readonly repositoryBytes: number | null
  readonly verify: { readonly endedAt: string; readonly ok: boolean; readonly message: string } | null
}

export interface ArchiveStatus {
  /** Of the primary's host. */
  readonly answer: string | null
  /** When the last WAL segment reached the repository. In an idle cluster no segment is due. */
  readonly lastAt: string | null
  readonly ageS: number | null
  readonly waitingSegments: number | null
  readonly oldestWaitingS: number | null
  /** WAL that only the nodes have. */
  readonly unarchivedBytes: number | null
  readonly failing: boolean | null
  /** When WAL was last given up because the repository was away too long; null when the logs know of none. */
  readonly droppedAt: string | null
}

export interface HostStatus {
  readonly name: string
  readonly address: string
  readonly roles: readonly HostRole[]
  /** Over ssh. */
  readonly answer: string | null
  /** Its clock minus the operator's, as far as the way there lets it be known. */
  readonly clockOffsetMs: number | null
  readonly disks: readonly {
    readonly path: string
    readonly totalBytes: number
    readonly freeBytes: number
  }[]
  readonly certificates: readonly { readonly daemon: string; readonly endsAt: string }[]
  /** systemd's word for each of our services. */
  readonly services: Readonly<Record<string, string>>
}
