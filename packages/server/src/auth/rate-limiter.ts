export interface RateLimiter {
  /** Takes one try. Returns 0 when it is granted, else the milliseconds until the next one will be. */
  take(key: string, nowMs: number): number
  /** Gives one try back: it turned out to be none that should count. */
  giveBack(key: string): void
  /** Forgets all tries of a key: its owner has proved to be no attacker. */
  forgive(key: string): void
}

interface Bucket {
  tokens: number
  atMs: number
}

/**
 * A token bucket for every key: `burst` tries at once, then one every `refillMs`.
 *
 * Memory is bounded: past `maxKeys`, the key that was quiet longest is forgotten.
 */
export function createRateLimiter(options: {
  burst: number
  refillMs: number
  maxKeys?: number
}): RateLimiter {
  const { burst, refillMs, maxKeys = 50_000 } = options
  // A Map keeps insertion order; every use moves its key to the end, so the first key is the quietest.
  const buckets = new Map<string, Bucket>()
  return {
    take(key, nowMs) {
      const bucket = buckets.get(key) ?? { tokens: burst, atMs: nowMs }
      // A clock that was set back must not take tokens away.
      const refilled = bucket.tokens + Math.max(0, nowMs - bucket.atMs) / refillMs
      const tokens = Math.min(burst, refilled)
      const granted = tokens >= 1
      buckets.delete(key)
      buckets.set(key, { tokens: granted ? tokens - 1 : tokens, atMs: nowMs })
      if (buckets.size > maxKeys) buckets.delete(buckets.keys().next().value!)
      return granted ? 0 : Math.ceil((1 - tokens) * refillMs)
    },
    giveBack(key) {
      const bucket = buckets.get(key)
      if (bucket) bucket.tokens = Math.min(burst, bucket.tokens + 1)
    },
    forgive(key) {
      buckets.delete(key)
    },
  }
}

/**
 * What one limit is counted for: an IPv4 address, or the /64 network of an IPv6 address, because one customer of
 * a provider holds all 2^64 addresses of it.
 */
export function addressKey(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (mapped) return mapped[1]!
  if (!address.includes(':')) return address
  const [head = '', tail] = address.split('%')[0]!.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length)
  const groups = [...left, ...Array.from({ length: zeros }, () => '0'), ...right]
  return `${groups
    .slice(0, 4)
    .map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':')}::/64`
}
