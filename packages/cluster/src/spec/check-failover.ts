import type { ClusterSpec } from './cluster-spec.ts'
import type { SpecSource } from './spec-source.ts'

/**
 * From the loss of the primary to the first write: the lock's ttl, one round of Patroni, a promotion and HAProxy's
 * check. Measured 24.6-27.0 s at 20 s and 2 s, 39.2 s at 30 s and 10 s.
 */
const promotionS = 5
const targetS = 30

/** Patroni's times, HAProxy's checks, and what a commit waits for. */
export function checkFailover({ failover, haproxy, postgresql }: ClusterSpec, source: SpecSource): void {
  const { ttlS, loopWaitS, retryTimeoutS } = failover
  const times = ['failover.ttl', 'failover.loop_wait', 'failover.retry_timeout'] as const
  if (source.isSound(...times)) {
    const needed = loopWaitS + 2 * retryTimeoutS
    if (needed > ttlS)
      source.error(
        source.mostSpecific(times),
        `loop_wait ${loopWaitS}s + 2 x retry_timeout ${retryTimeoutS}s is ${needed}s, more than ttl ${ttlS}s.`,
        'A primary that tries again would outlive its own lock. Patroni would change the values without a word.',
        `Set ttl to ${needed}s or more, or lower the other two: loop_wait: 2s, retry_timeout: 3s.`,
      )
    const failoverS = ttlS + loopWaitS + promotionS
    if (failoverS > targetS)
      source.warn(
        source.mostSpecific(times),
        `A failover takes up to about ${failoverS}s.`,
        `The target is ${targetS}s: the lock of a dead primary is kept for ttl, then standbys look every loop_wait.`,
        'Use ttl: 20s and loop_wait: 2s unless the network is slow.',
      )
  }
  const intervals = ['haproxy.check_interval', 'haproxy.fast_interval'] as const
  if (source.isSound(...intervals) && haproxy.fastIntervalMs > haproxy.checkIntervalMs)
    source.error(
      source.mostSpecific(intervals),
      `fast_interval ${haproxy.fastIntervalMs} ms is longer than check_interval ${haproxy.checkIntervalMs} ms.`,
      'It is the pace while a server changes state.',
      'Make it a quarter of check_interval.',
    )
  if (postgresql.durability === 'sync' && source.isSound('postgresql.durability'))
    source.warn(
      'postgresql.durability',
      'With sync, writes wait for one named standby.',
      `When its machine is lost silently they stop for about ${ttlS}s; with quorum they do not.`,
      'Write durability: quorum.',
    )
}
