import fc from 'fast-check'
import { expect, test } from 'vitest'
import { referenceSpec } from '../../testing/reference-spec.ts'
import { sampleInput } from '../../testing/render-sample.ts'
import { paths } from '../layout.ts'
import type { ClusterSpec } from '../spec/cluster-spec.ts'
import { hostsWith } from '../spec/cluster-spec.ts'
import { renderHaproxy } from './haproxy.ts'

const reference = referenceSpec()

function configOf(failover: Partial<ClusterSpec['failover']>): string {
  const spec = { ...reference, failover: { ...reference.failover, ...failover } }
  const files = renderHaproxy(sampleInput(spec), hostsWith(spec, 'haproxy')[0]!)
  return files.find(({ path }) => path === paths.haproxyConfig)!.content
}

/** How long a host is still trusted whose Patroni answers no more, at most. */
function graceMs(config: string): { readonly refusingMs: number; readonly hangingMs: number } {
  const [, inter, fall] = /-grace .* inter (\d+)ms fall (\d+)/.exec(config)!
  const checkS = Number(/timeout check (\d+)s/.exec(config)![1])
  return {
    refusingMs: Number(inter) * Number(fall),
    hangingMs: (Number(inter) + checkS * 1000) * Number(fall),
  }
}

// Patroni's own limits: ttl of 20 s and more, and loop_wait + 2 * retry_timeout within it.
const times = fc
  .record({ retryTimeoutS: fc.integer({ min: 3, max: 20 }), loopWaitS: fc.integer({ min: 1, max: 30 }) })
  .chain(({ retryTimeoutS, loopWaitS }) =>
    fc.record({
      retryTimeoutS: fc.constant(retryTimeoutS),
      loopWaitS: fc.constant(loopWaitS),
      ttlS: fc.integer({ min: Math.max(20, loopWaitS + 2 * retryTimeoutS), max: 120 }),
    }),
  )

test('a primary without a living Patroni is let go before its lease may be over, also when Patroni hangs', () => {
  fc.assert(
    fc.property(times, (failover) => {
      const { refusingMs, hangingMs } = graceMs(configOf(failover))
      expect(refusingMs).toBeLessThanOrEqual((failover.ttlS * 1000) / 2)
      // The lease was renewed up to one round before Patroni hung.
      expect(hangingMs).toBeLessThanOrEqual((failover.ttlS - failover.loopWaitS) * 1000)
    }),
  )
})

test('a Patroni that starts anew has some seconds for it', () => {
  expect(graceMs(configOf({ ttlS: 20, loopWaitS: 2, retryTimeoutS: 3 }))).toEqual({
    refusingMs: 8_000,
    hangingMs: 16_000,
  })
})
