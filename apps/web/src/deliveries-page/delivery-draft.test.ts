import fc from 'fast-check'
import { expect, test } from 'vitest'
import { draftOf, emptyDraft, isStop, parseStopDraft, readTime, type StopDraft } from './delivery-draft.ts'
import type { Delivery } from '@fleet/domain'

const point = { lat: 52.37, lon: 4.88 }
const good: StopDraft = {
  where: { address: 'Rozengracht 120', point },
  date: '2026-11-23',
  from: '14:00',
  to: '14:30',
  contact: ' Eva ',
  note: '',
}

test('a stop becomes what the server takes', () => {
  expect(parseStopDraft(good)).toEqual({
    address: 'Rozengracht 120',
    point,
    window: { fromMs: Date.parse('2026-11-23T13:00:00Z'), toMs: Date.parse('2026-11-23T13:30:00Z') },
    contact: 'Eva',
    note: '',
  })
})

test('a window may end after midnight, but not be most of a day', () => {
  const late = parseStopDraft({ ...good, from: '23:30', to: '00:15' })
  expect(isStop(late) && late.window.toMs - late.window.fromMs).toBe(45 * 60_000)
  expect(parseStopDraft({ ...good, from: '14:00', to: '13:00' })).toEqual(['order'])
})

test('a time may be typed in short', () => {
  expect(['9:05', '9.05', '905', ' 14:05 ', '1405'].map(readTime)).toEqual([
    '09:05',
    '09:05',
    '09:05',
    '14:05',
    '14:05',
  ])
  expect(['', 'noon', '9', '12345', '9:5'].map(readTime)).toEqual(['', 'noon', '9', '12345', '9:5'])
})

test('everything that is wrong is named at once', () => {
  expect(
    parseStopDraft({ ...good, where: { address: ' ', point: null }, date: '2026-02-30', from: 'x', to: '' }),
  ).toEqual(['address', 'date'])
  expect(
    parseStopDraft({ ...good, where: { address: 'Rozen', point: null }, from: 'nine', to: '25:00' }),
  ).toEqual(expect.arrayContaining(['place', 'from', 'to']))
})

test('what the form makes of a delivery leads back to the same stops', () => {
  const minute = fc.integer({ min: 29_000_000, max: 31_000_000 })
  fc.assert(
    fc.property(minute, fc.integer({ min: 0, max: 600 }), (start, length) => {
      const window = { fromMs: start * 60_000, toMs: (start + length) * 60_000 }
      const stop = { address: 'A 1', point, window, contact: 'c', note: 'n' }
      const draft = draftOf({
        pickup: stop,
        dropoff: stop,
        size: 'small',
        priority: 'high',
      } as unknown as Delivery)
      const back = parseStopDraft(draft.pickup)
      if (!isStop(back)) throw new Error(`faults: ${back.join(', ')}`)
      // Once a year an hour comes twice, and the clock alone does not say which one is meant.
      expect([0, 3_600_000]).toContain(Math.abs(back.window.fromMs - window.fromMs))
    }),
  )
})

test('a new delivery is promised within the hour', () => {
  const nowMs = Date.parse('2026-11-23T13:07:00Z')
  const { pickup, dropoff } = emptyDraft(nowMs)
  expect([pickup.from, pickup.to, dropoff.from, dropoff.to]).toEqual(['14:15', '14:45', '14:30', '15:15'])
})
