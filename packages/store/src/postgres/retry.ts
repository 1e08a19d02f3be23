import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@fleet/domain'
import type { Pool, PoolClient } from 'pg'
import type { HealthRecord, Settlement } from '../health.ts'
import { describeFailure, judge, translatePostgresError, UnreplicatedCommit, type Failure } from './errors.ts'
import type { Link } from './link.ts'
import { failoverMs, type Watch } from './watch.ts'

/** A connection of the pool. */
export type PooledLink = Link & Pick<PoolClient, 'release'>

/** How far an attempt came. */
export interface Progress {
  /** COMMIT, or a statement that is a transaction by itself, is on its way and not answered. */
  isCommitting: boolean
}

export interface RetryOptions<T> {
  /**
   * How long to go on trying on new connections; an attempt that has begun is let finish. Default: as long as a failover
   * takes.
   */
  readonly retryMs?: number | undefined
  /**
   * Whoever asked went away: nothing is tried again. A statement that runs is let finish: one that is cancelled in
   * COMMIT would be on this server only.
   */
  readonly signal?: AbortSignal | undefined
  /** What to do when the answer to a COMMIT was lost. */
  readonly afterUnknown: 'retry' | 'throw'
  /** What running it again has found out about the first time. Default: it is the same when it is done twice. */
  readonly settledAs?: ((result: T) => Settlement) | undefined
}

export type Retry = <T>(
  options: RetryOptions<T>,
  attempt: (link: PooledLink, progress: Progress) => Promise<T>,
) => Promise<T>

/**
 * Runs whole attempts, each on a connection of the pool, until one succeeds, fails for good, or time is up; between
 * them waits longer and longer, jittered, up to half a second.
 */
export function createRetry(pool: Pool, watch: Watch, health: HealthRecord, location: string): Retry {
  return async (options, attempt) => {
    const { retryMs = failoverMs, signal, afterUnknown, settledAs = () => 'repeated' as const } = options
    const deadlineMs = performance.now() + retryMs
    /** The last failure that left open whether its attempt was applied. */
    let unknown: unknown = null
    for (let attempts = 1; ; attempts++) {
      const progress: Progress = { isCommitting: false }
      let link: PooledLink | null = null
      try {
        link = await acquire(pool, deadlineMs - performance.now(), signal, watch)
        const result = await attempt(link, progress)
        if (link.isUnreplicated)
          throw new UnreplicatedCommit('COMMIT was acknowledged without the synchronous standby')
        giveBack(link, null)
        if (unknown !== null) health.countUnknown(settledAs(result))
        return result
      } catch (error) {
        const { failure, outcome, retry } = judge(error, progress.isCommitting)
        if (link) giveBack(link, failure)
        if (saysServerIsAway(failure)) watch.hurry()
        if (outcome === 'unknown') unknown = error
        const waitMs = Math.min(500, 10 * 2 ** Math.min(attempts, 6)) * (0.5 + Math.random() / 2)
        const mayRetry =
          retry !== null &&
          (unknown === null || afterUnknown === 'retry') &&
          !signal?.aborted &&
          performance.now() + waitMs < deadlineMs
        if (!mayRetry) {
          // A bug in a later attempt comes after it found that the first was not applied.
          if (unknown === null || (failure === 'bug' && outcome === 'not_applied'))
            throw translatePostgresError(error, location)
          health.countUnknown(signal?.aborted ? 'abandoned' : 'unsettled')
          throw new AppError(
            'outcome_unknown',
            `${location} went away during a commit: ${describeFailure(unknown)}.`,
            { cause: error },
          )
        }
        health.countRetry(retry)
        await sleep(waitMs, undefined, signal ? { signal } : {}).catch(() => {})
      }
    }
  }
}

/** A connection, in time. What the pool gives too late goes back at once. */
async function acquire(
  pool: Pool,
  timeoutMs: number,
  signal: AbortSignal | undefined,
  watch: Watch,
): Promise<PooledLink> {
  const asked = pool.connect() as Promise<PoolClient & PooledLink>
  const gaveUp = Promise.withResolvers<never>()
  const giveUp = (reason: string) => gaveUp.reject(Object.assign(new Error(reason), { code: 'ETIMEDOUT' }))
  const onAbort = () => giveUp('whoever asked went away before there was a connection')
  const timer = setTimeout(
    () => giveUp(`no connection within the time: ${watch.obstacle ?? 'all are in use'}`),
    Math.max(0, timeoutMs),
  )
  signal?.addEventListener('abort', onAbort, { once: true })
  if (signal?.aborted) onAbort()
  try {
    const link = await Promise.race([asked, gaveUp.promise])
    link.isUnreplicated = false
    return link
  } catch (error) {
    void asked.then(
      (link) => giveBack(link, null),
      () => {},
    )
    throw error
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}

/** A connection that is gone, read-only or in the middle of a transaction never goes back to the pool. */
function giveBack(link: PooledLink, failure: Failure | null): void {
  const isFit = !saysServerIsAway(failure) && link.getTransactionStatus() === 'I'
  if (!isFit) link.drop('given up')
  link.release(!isFit)
}

/** This connection leads to no primary, whatever is asked of it. */
export function saysServerIsAway(failure: Failure | null): boolean {
  return failure === 'connection_lost' || failure === 'server_away' || failure === 'read_only'
}
