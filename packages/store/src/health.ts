/** What the app can expect of its database right now. */
export type DatabaseState =
  /** It answers and takes writes. */
  | 'fine'
  /** It was fine and does not answer now, for no longer than a failover takes: it most likely comes back by itself. */
  | 'switching'
  /** It answers and takes no writes: a standby, or a primary that was demoted. */
  | 'read_only'
  /** It has not answered for longer than a failover takes, or never did. */
  | 'away'

/** Why something was run again. */
export type RetryReason =
  /** The server chose the transaction as a victim: deadlock, serialization, lock timeout. */
  | 'conflict'
  /** The connection broke, was refused or fell silent. */
  | 'connection_lost'
  /** The server shut down, crashed, starts up, or has no connection left. */
  | 'server_away'
  /** The server takes no writes (25006). */
  | 'read_only'
  /** The statement was cancelled on the server. */
  | 'cancelled'

/** How a commit whose answer was lost was found out about. */
export type Settlement =
  /** The idempotency record was there. */
  | 'applied'
  /** It was not, and the work was done then. */
  | 'not_applied'
  /** The work is the same when it is done twice, and was done again. */
  | 'repeated'
  /** Not within the deadline: the caller was told so. */
  | 'unsettled'
  /** Whoever asked went away first; the same key tells. */
  | 'abandoned'

/** Why a read that may be a little old went to the primary although there is a reading port. */
export type ReadFallback =
  /** The replica did not get as far as what was committed in time. */
  | 'behind'
  /** It cannot be reached, refused, fell silent, or cancelled the read. */
  | 'replica_lost'
  /** All its connections were in use, or it took long over this read. */
  | 'busy'

export interface PoolFigures {
  /** Connections there may be: PG_POOL_SIZE. */
  readonly max: number
  /** Connections there are, those that are being opened included. */
  readonly size: number
  readonly idle: number
  /** Operations that wait for one. */
  readonly waiting: number
}

export interface FeedFigures {
  /** False while the listening connection is being opened anew. */
  readonly isListening: boolean
  /** Since the change log was looked at last, successfully; null before the first time. A quiet feed stays below 1 s. */
  readonly lookedMsAgo: number | null
}

export interface StoreHealth {
  readonly state: DatabaseState
  /** Epoch ms. While fine: since when. Else: since when it is not fine, whatever it was in between. */
  readonly sinceMs: number
  /** Null with SQLite. */
  readonly pool: PoolFigures | null
  /** Null with SQLite, and while nobody follows the change log. */
  readonly feed: FeedFigures | null
  /** Since the store was opened; so are the others that count. */
  readonly retries: Readonly<Record<RetryReason, number>>
  readonly unknownOutcomes: Readonly<Record<Settlement, number>>
  /** Reads that a replica answered. */
  readonly replicaReads: number
  readonly readFallbacks: Readonly<Record<ReadFallback, number>>
}

/** See `Store.health`. */
export interface HealthMonitor {
  current(): StoreHealth
  /** Calls `changed` whenever the state becomes another one. Returns the unsubscribe. */
  onStateChange(changed: (health: StoreHealth) => void): () => void
}

/** What is known of the database's health, kept by those who speak with it. */
export class HealthRecord implements HealthMonitor {
  readonly #now: () => number
  readonly #subscribers = new Set<(health: StoreHealth) => void>()
  #state: DatabaseState
  #sinceMs: number
  readonly #retries = { conflict: 0, connection_lost: 0, server_away: 0, read_only: 0, cancelled: 0 }
  readonly #unknownOutcomes = { applied: 0, not_applied: 0, repeated: 0, unsettled: 0, abandoned: 0 }
  readonly #readFallbacks = { behind: 0, replica_lost: 0, busy: 0 }
  #replicaReads = 0
  /** Asked whenever somebody looks. */
  poolFigures: () => PoolFigures | null = () => null
  feedFigures: () => FeedFigures | null = () => null

  /** @param now the clock, epoch ms */
  constructor(state: DatabaseState, now: () => number) {
    this.#now = now
    this.#state = state
    this.#sinceMs = now()
  }

  get state(): DatabaseState {
    return this.#state
  }

  get sinceMs(): number {
    return this.#sinceMs
  }

  setState(state: DatabaseState): void {
    if (state === this.#state) return
    if (state === 'fine' || this.#state === 'fine') this.#sinceMs = this.#now()
    this.#state = state
    const health = this.current()
    for (const changed of this.#subscribers) changed(health)
  }

  countRetry(reason: RetryReason): void {
    this.#retries[reason] += 1
  }

  countUnknown(settlement: Settlement): void {
    this.#unknownOutcomes[settlement] += 1
  }

  countReplicaRead(): void {
    this.#replicaReads += 1
  }

  countReadFallback(reason: ReadFallback): void {
    this.#readFallbacks[reason] += 1
  }

  current(): StoreHealth {
    return {
      state: this.#state,
      sinceMs: this.#sinceMs,
      pool: this.poolFigures(),
      feed: this.feedFigures(),
      retries: { ...this.#retries },
      unknownOutcomes: { ...this.#unknownOutcomes },
      replicaReads: this.#replicaReads,
      readFallbacks: { ...this.#readFallbacks },
    }
  }

  onStateChange(changed: (health: StoreHealth) => void): () => void {
    // The same function may be given twice; each subscription is one of its own.
    const own = (health: StoreHealth) => changed(health)
    this.#subscribers.add(own)
    return () => this.#subscribers.delete(own)
  }
}
