import { AppError } from '@fleet/domain'
import type { Change, ChangeSeq, Store } from '@fleet/store'
import { expect, onTestFinished, test } from 'vitest'
import { quietLog } from '../ingest/fleet-fixture.ts'
import { createChangeTail } from './change-tail.ts'
import { waitFor } from '../../testing/wait-for.ts'

/** A change log in memory that can be away and whose wake-ups can be lost. */
function makeLog() {
  const lines: Change[] = []
  let wake: () => void = () => undefined
  const log = {
    isAway: false,
    wakesAreLost: false,
    /** Lines after this one are committed and hidden, as behind an older open transaction. */
    settled: Infinity,
    reads: 0,
    add(count: number) {
      for (let i = 0; i < count; i++) lines.push({ seq: String(lines.length + 1) } as Change)
      if (!log.wakesAreLost) wake()
    },
    truncate(to: number) {
      lines.length = to
    },
    store: {
      async changes(since: ChangeSeq, limit: number) {
        log.reads += 1
        if (log.isAway) throw new AppError('database_unavailable', 'away')
        return lines.slice(Number(since), Math.min(Number(since) + limit, log.settled))
      },
      async audit() {
        if (log.isAway) throw new AppError('database_unavailable', 'away')
        return { items: lines.slice(-1), nextCursor: null }
      },
      headSeq: async () => String(lines.length) as ChangeSeq,
      onChange(callback: () => void) {
        wake = callback
        return () => {
          wake = () => undefined
        }
      },
    } as unknown as Store,
  }
  return log
}

function follow(log: ReturnType<typeof makeLog>, onRewind = async () => '0' as ChangeSeq) {
  const seen: number[] = []
  const tail = createChangeTail({
    store: log.store,
    log: quietLog,
    onChanges: (changes) => seen.push(...changes.map(({ seq }) => Number(seq))),
    onRewind,
  })
  onTestFinished(() => tail.close())
  tail.start('0' as ChangeSeq)
  return { tail, seen }
}

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1)

test('every change is delivered once, in order, over several pages', async () => {
  const log = makeLog()
  log.add(1_300)
  const { tail, seen } = follow(log)
  await tail.catchUp()
  log.add(5)
  await waitFor(() => expect(seen).toEqual(upTo(1_305)))
  expect(tail.seq).toBe('1305')
})

test('a change whose wake-up was lost is read all the same', async () => {
  const log = makeLog()
  const { seen } = follow(log)
  log.wakesAreLost = true
  log.add(3)
  await waitFor(() => expect(seen).toEqual([1, 2, 3]))
})

test('catching up sees what was committed before it was asked for, even during a read that began earlier', async () => {
  const log = makeLog()
  const { tail, seen } = follow(log)
  log.wakesAreLost = true
  const earlier = tail.catchUp()
  log.add(1)
  await tail.catchUp()
  expect(seen).toEqual([1])
  await earlier
})

test('catching up waits for changes that are committed behind an older open transaction', async () => {
  const log = makeLog()
  const { tail, seen } = follow(log)
  await tail.catchUp()
  log.settled = 0
  log.add(2)
  const caughtUp = tail.catchUp()
  await waitFor(() => expect(log.reads).toBeGreaterThan(3))
  expect(seen).toEqual([])
  log.settled = Infinity
  await caughtUp
  expect(seen).toEqual([1, 2])
})

test('catching up fails when the older transaction does not end', async () => {
  const log = makeLog()
  const { tail } = follow(log)
  log.settled = 0
  log.add(1)
  await expect(tail.catchUp()).rejects.toMatchObject({ code: 'database_unavailable' })
})

test('while the log cannot be read catching up fails, and the reader goes on by itself afterwards', async () => {
  const log = makeLog()
  const { tail, seen } = follow(log)
  await tail.catchUp()
  log.isAway = true
  log.add(2)
  await expect(tail.catchUp()).rejects.toThrow('away')
  log.isAway = false
  await waitFor(() => expect(seen).toEqual([1, 2]))
})

test('a log that ends before the place that was read is another log: the reader starts again', async () => {
  const log = makeLog()
  log.add(10)
  const { tail, seen } = follow(log, async () => '4' as ChangeSeq)
  await tail.catchUp()
  log.isAway = true
  await expect(tail.catchUp()).rejects.toThrow('away')
  log.truncate(5)
  log.isAway = false
  await waitFor(() => expect(seen).toEqual([...upTo(10), 5]))
})
