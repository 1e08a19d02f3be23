/** From when on something is worth a warning. */
export const limits = {
  /** A standby that replays this late answers reads that people notice. */
  lagS: 10,
  /** Four segments: a burst of writes passes without a warning. */
  lagBytes: 64 * 1024 * 1024,
  /** A commit that waits so long for a standby is not slow, it hangs. */
  commitWaitMs: 5_000,
  /** The recovery point objective: WAL older than this must be in the repository. */
  archiveWaitMs: 60_000,
  /** PostgreSQL counts a segment as archived a moment before `pgbackrest info` can show it. */
  archiveSettleMs: 15_000,
  /** Share of HAProxy's connections that is taken. */
  connectionsWarning: 0.9,
  /** Share of a disk that is used. */
  diskWarning: 0.85,
  diskCritical: 0.95,
  /** Beyond it, certificates and leases begin to disagree about what is valid. */
  clockSkewMs: 1_000,
  certificateWarningMs: 30 * 86_400_000,
  certificateCriticalMs: 7 * 86_400_000,
  /** A scheduled job may take a while: this much of its interval, and at least so long. */
  scheduleGrace: 0.1,
  scheduleGraceMs: 2 * 3_600_000,
} as const
