import { AppError } from '@fleet/domain'
import type { FixBatch } from '@fleet/store'
import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { CommitQueue } from './commit-queue.ts'
import type { DirectoryEntry } from './device-directory.ts'
import { makeFix, quietLog, recentMs } from './fleet-fixture.ts'
import { createIngestMetrics } from './ingest-metrics.ts'
import { MarkerTable } from './marker-table.ts'
import { defaultBounds, type QueueBounds, QueueRoom } from './queue-room.ts'
import { outcomes, Submission } from './submission.ts'
import { waitFor } from '../../testing/wait-for.ts'

const startMs = recentMs()

function makeQueue(append: (batch: FixBatch) => Promise<void> | void, more: Partial<QueueBounds> = {}) {
  const bounds = { ...defaultBounds, ...more }
  const room = new QueueRoom(bounds)
  const batches: number[] = []
  const markers = new MarkerTable()
  const queue = new CommitQueue({
    store: {
      async appendFixes(batch) {
        batches.push(batch.fixes.length)
        await append(batch)
        return { stored: batch.fixes.map(() => true) }
      },
    },
    now: Date.now,
    log: quietLog,
    markers,
    metrics: createIngestMetrics(new Registry(), () => room.fixes),
    room,
    batchFixes: bounds.batchFixes,
    overflow: null,
    onMoved: () => undefined,
  })
  return { queue, batches, markers, room }
}

function submit(queue: CommitQueue, bikeNo: number, fixes = 1, bytes = 100): Submission {
  const submission = new Submission('batch', fixes, bytes)
  const owner: DirectoryEntry = {
    deviceNo: bikeNo,
    trackerId: `t${bikeNo}`,
    mount: { on: 'bike', bikeId: '' as never },
    bikeNo,
    courierNo: null,
  }
  for (let i = 0; i < fixes; i++) submission.addFix(makeFix(startMs + i * 1_000, i * 5), owner, i)
  queue.add(submission)
  return submission
}

test('what waits while a commit runs shares the next one', async () => {
  const gate = Promise.withResolvers<void>()
  const { queue, batches } = makeQueue(() => gate.promise)
  const first = submit(queue, 1)
  await waitFor(() => expect(batches).toEqual([1]))
  const rest = Array.from({ length: 150 }, (_, i) => submit(queue, i + 2))
  expect(batches).toEqual([1])
  gate.resolve()
  expect(await first.ended).toBe('done')
  expect(await Promise.all(rest.map(({ ended }) => ended))).toEqual(rest.map(() => 'done'))
  expect(batches).toEqual([1, 150])
})

test('what is ready in the same turn shares a commit, although the store was idle', async () => {
  const { queue, batches } = makeQueue(() => undefined)
  const all = Array.from({ length: 20 }, (_, i) => submit(queue, i))
  await Promise.all(all.map(({ ended }) => ended))
  expect(batches).toEqual([20])
})

test('a large request is split over commits and ends after the last of them', async () => {
  const { queue, batches, room } = makeQueue(() => undefined, { batchFixes: 40 })
  const large = submit(queue, 1, 100)
  const small = submit(queue, 2, 5)
  expect(await large.ended).toBe('done')
  expect(await small.ended).toBe('done')
  expect(batches).toEqual([40, 40, 25])
  expect([...large.codes].every((code) => outcomes[code] === 'stored')).toBe(true)
  expect(room.fixes).toBe(0)
})

test('a full queue takes nothing of a request, and takes the next when there is room again', async () => {
  const gate = Promise.withResolvers<void>()
  const { queue, room } = makeQueue(() => gate.promise, { queuedFixes: 10 })
  const taken = submit(queue, 1, 8)
  expect(await submit(queue, 2, 3).ended).toBe('busy')
  const fits = submit(queue, 3, 2)
  expect(room.isFull).toBe(true)
  gate.resolve()
  expect(await Promise.all([taken.ended, fits.ended])).toEqual(['done', 'done'])
  expect(room.isFull).toBe(false)
  expect(await submit(queue, 2, 3).ended).toBe('done')
})

test('the queue is bounded by bytes too', async () => {
  const gate = Promise.withResolvers<void>()
  const { queue } = makeQueue(() => gate.promise, { queuedBytes: 1_000 })
  const taken = submit(queue, 1, 1, 900)
  expect(await submit(queue, 2, 1, 200).ended).toBe('busy')
  gate.resolve()
  await taken.ended
})

test('a request larger than the queue is taken when nothing else waits', async () => {
  const { queue } = makeQueue(() => undefined, { queuedFixes: 10 })
  expect(await submit(queue, 1, 25).ended).toBe('done')
})

test('when the database is away all requests of the commit end, none as done, and no marker moves', async () => {
  let isAway = true
  const { queue, batches, markers, room } = makeQueue(
    () => {
      if (isAway) throw new AppError('database_unavailable', 'away')
    },
    { batchFixes: 10 },
  )
  const all = [submit(queue, 1, 6), submit(queue, 2, 6), submit(queue, 3, 2)]
  expect(await Promise.all(all.map(({ ended }) => ended))).toEqual([
    'unavailable',
    'unavailable',
    'unavailable',
  ])
  expect(batches).toEqual([10, 2])
  expect(markers.get(1)).toBeNull()
  expect(room.fixes).toBe(0)
  isAway = false
  expect(await submit(queue, 1, 6).ended).toBe('done')
  expect(markers.get(1)?.timeMs).toBe(startMs + 5_000)
})

test('one request that the store cannot take does not keep the others out', async () => {
  const { queue } = makeQueue((batch) => {
    if (batch.fixes.some(({ bikeNo }) => bikeNo === 13)) throw new TypeError('a bug of ours')
  })
  const all = Array.from({ length: 30 }, (_, i) => submit(queue, i))
  const ends = await Promise.all(all.map(({ ended }) => ended))
  expect(ends.filter((end) => end === 'done')).toHaveLength(29)
  expect(ends[13]).toBe('unavailable')
})

test('drained waits for all that was taken', async () => {
  const gate = Promise.withResolvers<void>()
  const { queue } = makeQueue(() => gate.promise)
  let isDrained = false
  const submission = submit(queue, 1)
  const drained = queue.drained().then(() => (isDrained = true))
  await new Promise(setImmediate)
  expect(isDrained).toBe(false)
  gate.resolve()
  await submission.ended
  await drained
  await queue.drained()
})
