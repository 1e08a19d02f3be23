/** What a host does. etcd shares hosts with PostgreSQL or has its own; the rest have a host each. */
export const hostRoles = ['postgresql', 'etcd', 'haproxy', 'backup'] as const
export type HostRole = (typeof hostRoles)[number]

export interface HostSpec {
  /** The host's name, as `hostname` prints it and as certificates carry it. */
  readonly name: string
  /** IPv4 address that the other hosts reach it by. */
  readonly address: string
  readonly roles: readonly HostRole[]
  readonly memoryMb: number
  readonly cores: number
}

/**
 * Which commits are acknowledged when: `quorum` by any one of the standbys, `sync` by a named one (writes stop until
 * another takes its place), `async` by the primary alone, which loses acknowledged writes at a failover.
 */
export const durabilities = ['quorum', 'sync', 'async'] as const
export type Durability = (typeof durabilities)[number]

export type RepositorySpec =
  | { readonly type: 'path'; readonly path: string }
  | {
      readonly type: 'nfs'
      readonly server: string
      readonly export: string
      readonly path: string
      readonly options: string
    }
  | {
      readonly type: 's3'
      readonly bucket: string
      /** HOST or HOST:PORT, always by https. */
      readonly endpoint: string
      readonly region: string
      readonly path: string
      readonly uriStyle: 'host' | 'path'
    }

/** A `cluster.yml` that was checked: every default is filled in, every rule of check-spec.ts holds. */
export interface ClusterSpec {
  /** Patroni's scope and etcd's cluster token: `bike-fleet-cluster`. */
  readonly name: string
  /** In the order of the file. */
  readonly hosts: readonly HostSpec[]
  readonly network: {
    /** CIDR that holds every host and the VIP. */
    readonly subnet: string
    readonly interface: string
    readonly vip: string
    /** 1-255, equal on both HAProxy hosts and unique in the subnet (RFC 9568). */
    readonly virtualRouterId: number
    /** CIDRs whose machines may use 5432 and 5433 on the VIP. */
    readonly clients: readonly string[]
    /** CIDRs whose machines may use SSH, Patroni's and etcd's APIs and HAProxy's stats. */
    readonly operators: readonly string[]
  }
  readonly ssh: {
    readonly user: string
    readonly port: number
    /** Absolute paths; null leaves it to ssh's own configuration. */
    readonly identityFile: string | null
    readonly knownHostsFile: string | null
  }
  readonly timeZone: string
  readonly postgresql: {
    readonly version: number
    readonly database: string
    readonly role: string
    readonly monitorRole: string
    readonly durability: Durability
    readonly dataDirectory: string
    /** Every setting that the operator overrides, as PostgreSQL spells name and value. */
    readonly settings: Readonly<Record<string, string>>
  }
  readonly failover: {
    readonly ttlS: number
    readonly loopWaitS: number
    readonly retryTimeoutS: number
    /** Bytes of WAL that a standby may lack and still be promoted (async only matters). */
    readonly maximumLagBytes: number
    readonly watchdog: 'off' | 'automatic' | 'required'
  }
  readonly haproxy: {
    /** Passed on by each of the two ports at once; more wait. PostgreSQL's max_connections leaves room for them. */
    readonly maxConnections: number
    readonly checkIntervalMs: number
    readonly fastIntervalMs: number
    readonly fall: number
    readonly rise: number
  }
  readonly backup: {
    /** pgBackRest's name of the cluster: `bike-fleet`. */
    readonly stanza: string
    readonly repository: RepositorySpec
    readonly encryption: boolean
    /** systemd OnCalendar expressions, in `timeZone`. */
    readonly schedule: {
      readonly full: string
      readonly differential: string
      readonly verify: string
    }
    /** Kept at least: so many backups, and any moment of so many days. */
    readonly retention: { readonly fulls: number; readonly differentials: number; readonly walDays: number }
    /** PostgreSQL's archive_timeout: with the time to push one segment it must stay below 1 min (RPO). */
    readonly archiveTimeoutS: number
    /** WAL that may wait for an unreachable repository before it is dropped to keep the primary alive. */
    readonly archiveQueueMaxMb: number
    readonly processes: number
  }
}

export const hostsWith = (spec: ClusterSpec, role: HostRole): readonly HostSpec[] =>
  spec.hosts.filter((host) => host.roles.includes(role))

/** One thing wrong in a file of the operator's. */
export interface SpecProblem {
  /** `error` refuses the file; `warning` is said and passed. */
  readonly severity: 'error' | 'warning'
  /** As it was opened. */
  readonly file: string
  /** 1-based. */
  readonly line: number
  /** `hosts.pg-node-1.address`; empty when the file itself is meant. */
  readonly field: string
  /** What, with the value that is there. */
  readonly message: string
  readonly why: string
  readonly fix: string
}
