import type { Change, ChangeSeq } from '@fleet/store'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareSeq, parseChangeSeq } from './change-seq.ts'
import { ChangeWindow } from './change-window.ts'

const seqOf = (n: number) => String(n) as ChangeSeq

const makeChange = (n: number, kind: Change['kind'] = 'bike'): Change => ({
  seq: seqOf(n),
  atMs: 0,
  kind,
  id: `row-${n}`,
  version: 1,
  entity: null,
  command: 'bike.create',
  actorId: null,
  actor: 'test',
})

function readAll(window: ChangeWindow, from: ChangeSeq): { seqs: number[]; seq: ChangeSeq } {
  const seqs: number[] = []
  let seq = from
  for (;;) {
    const message = window.messageAfter(seq)
    if (message === null) return { seqs, seq }
    const parsed = JSON.parse(message.bytes.toString()) as { seq: string; changes: { seq: string }[] }
    expect(parsed.seq).toBe(message.seq)
    seqs.push(...parsed.changes.map((change) => Number(change.seq)))
    seq = message.seq
  }
}

test('places in the log are ordered as numbers, beyond 2^53 too', () => {
  expect(compareSeq(seqOf(9), seqOf(10))).toBeLessThan(0)
  expect(compareSeq('9007199254740993' as ChangeSeq, '9007199254740992' as ChangeSeq)).toBeGreaterThan(0)
  expect(parseChangeSeq('0042')).toBe('42')
})

describe('the change window', () => {
  test('gives every change after a place once and in order, whatever is dropped at the other end', () => {
    const steps = fc.array(fc.record({ gap: fc.integer({ min: 1, max: 3 }), isUser: fc.boolean() }), {
      minLength: 1,
      maxLength: 60,
    })
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 30 }), fc.nat(80), (list, maxLines, from) => {
        const window = new ChangeWindow(seqOf(0), maxLines)
        const visible: number[] = []
        let n = 0
        for (const { gap, isUser } of list) {
          n += gap
          window.push([makeChange(n, isUser ? 'user' : 'bike')])
          if (!isUser) visible.push(n)
        }
        expect(window.end).toBe(seqOf(n))
        if (!window.covers(seqOf(from))) {
          expect(visible.filter((seq) => seq > from).length).toBeGreaterThan(maxLines)
          return
        }
        const { seqs, seq } = readAll(window, seqOf(from))
        expect(seqs).toEqual(visible.filter((seq) => seq > from))
        if (seqs.length > 0) expect(compareSeq(seq, window.end)).toBeLessThanOrEqual(0)
      }),
    )
  })

  test('what clients must not see is not in it, and holds nobody back', () => {
    const window = new ChangeWindow(seqOf(0))
    window.push([makeChange(1), makeChange(2, 'user')])
    const message = window.messageAfter(seqOf(0))!
    expect(message.bytes.toString()).not.toContain('row-2')
    expect(message.seq).toBe(seqOf(2))
    window.push([makeChange(3, 'user')])
    expect(window.messageAfter(seqOf(2))).toBeNull()
    expect(window.covers(seqOf(0))).toBe(true)
  })

  test('a message is bounded, and the clients at one place share its bytes', () => {
    const window = new ChangeWindow(seqOf(0))
    window.push(Array.from({ length: 1_200 }, (_, i) => makeChange(i + 1)))
    const first = window.messageAfter(seqOf(0))!
    expect(first.seq).toBe(seqOf(500))
    expect(window.messageAfter(seqOf(0))).toBe(first)
    expect(readAll(window, seqOf(0)).seqs).toHaveLength(1_200)
  })

  test('it is bounded by characters too', () => {
    const window = new ChangeWindow(seqOf(0), 1_000, 1_000)
    window.push(Array.from({ length: 100 }, (_, i) => makeChange(i + 1)))
    expect(window.covers(seqOf(0))).toBe(false)
    expect(window.covers(seqOf(99))).toBe(true)
  })
})
