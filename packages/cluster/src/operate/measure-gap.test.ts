import { expect, test } from 'vitest'
import { ClusterError } from '../cluster-error.ts'
import { measureGap } from './measure-gap.ts'
import type { Operation } from './operation.ts'
import type { ProbeHistory, WriteProbe } from './write-probe.ts'

/** Writes were acknowledged at these moments; the work ends with an error at `endMs`. */
async function failing(acknowledgedMs: readonly number[], endMs: number, error: Error) {
  let nowMs = 0
  let stopped = false
  const history: ProbeHistory = { acknowledgedMs, errors: new Map() }
  const probe: WriteProbe = {
    history,
    acknowledged: () => Promise.resolve(true),
    stop() {
      stopped = true
      return Promise.resolve(history)
    },
  }
  const operation = { clock: { now: () => nowMs } } as unknown as Operation
  const done = measureGap(operation, { open: () => probe }, () => {
    nowMs = endMs
    return Promise.reject(error)
  })
  const thrown: unknown = await done.catch((caught: unknown) => caught)
  expect(stopped).toBe(true)
  return thrown
}

const late = new ClusterError('timed_out', 'Waited 180 s for pg-node-1 to stream.', { fix: 'Look there.' })

test('work that failed says too for how long writes stood still', async () => {
  expect(await failing([0, 5, 2_105, 2_110, 179_990], 180_000, late)).toMatchObject({
    code: 'timed_out',
    message: `${late.message} Writes through the virtual IP stood still for 177.88 s and go on.`,
    fix: 'Look there.',
  })
})

test('a silence that lasts counts up to now', async () => {
  expect(await failing([0, 5, 2_105], 12_105, late)).toMatchObject({
    message: `${late.message} Writes through the virtual IP stand still, for 10.00 s so far.`,
  })
})

test('a fault of our own stays what it is', async () => {
  const bug = new TypeError('no such thing')
  expect(await failing([0, 5], 10, bug)).toBe(bug)
})
