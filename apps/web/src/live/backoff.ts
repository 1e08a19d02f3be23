const baseMs = 500
const capMs = 8_000
/** Even the luckiest retry waits this long: a server that refuses at once must not be hammered. */
const floorMs = 250

/**
 * How long to wait before retry number `attempt` (0 for the first). Full jitter, so that a hundred screens that
 * lost the same server do not come back in step
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 *
 * @param random 0 <= random < 1
 */
export function backoffMs(attempt: number, random: number): number {
  const ceilingMs = Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30))
  return Math.max(floorMs, Math.round(random * ceilingMs))
}
