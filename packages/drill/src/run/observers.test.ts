import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '@fleet/cluster'
import { referenceSpec } from '@fleet/cluster/testing'
import type { ClusterContext } from '@fleet/lab'
import { expect, test } from 'vitest'
import { startObservers } from './observers.ts'

test('Ctrl-C while a fault is healed ends neither the watching nor the drill', async () => {
  const ctrlC = new AbortController()
  const asked = Promise.withResolvers<void>()
  const context = {
    operation: { spec: referenceSpec(), clock: systemClock, signal: ctrlC.signal },
    secrets: {},
    pki: { authorityPem: '', certificate: () => ({ certificatePem: '', privateKeyPem: '' }) },
    shell: {
      // Nothing comes of the question what a host is; PostgreSQL refuses.
      run: (_: unknown, [program]: readonly string[]) => {
        if (program === 'psql') return Promise.reject(new Error('refused'))
        asked.resolve()
        return new Promise(() => {})
      },
    },
    nowMs: Date.now,
  } as unknown as ClusterContext
  const unhandled: unknown[] = []
  const onUnhandled = (error: unknown) => void unhandled.push(error)
  process.on('unhandledRejection', onUnhandled)
  const clock = { elapsedMs: () => performance.now(), nowMs: Date.now }
  const observers = startObservers(context, null, clock, () => {})
  await asked.promise
  ctrlC.abort()
  const longHealMs = 100
  await sleep(longHealMs)
  await observers.stop()
  process.off('unhandledRejection', onUnhandled)
  expect(unhandled).toEqual([])
})
