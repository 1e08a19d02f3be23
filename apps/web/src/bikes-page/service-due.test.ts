import { type BikeId, type ServiceEntry, type ServiceEntryId, dayMs } from '@fleet/domain'
import { expect, test } from 'vitest'
import { dueEntries } from './service-due.ts'

const nowMs = 1_000 * dayMs
const entry = (id: string, more: Partial<ServiceEntry>): ServiceEntry => ({
  id: id as ServiceEntryId,
  bikeId: 'b' as BikeId,
  kind: 'brakes',
  atMs: nowMs - 100 * dayMs,
  costCents: 0,
  odometerKm: null,
  note: '',
  dueMs: null,
  dueKm: null,
  version: 1,
  createdAtMs: 0,
  updatedAtMs: 0,
  demo: false,
  ...more,
})

test('what was done again since is not due any more', () => {
  const old = entry('old', { dueMs: nowMs - dayMs })
  const again = entry('again', { atMs: nowMs - dayMs, dueMs: nowMs + 90 * dayMs })
  const tyres = entry('tyres', { kind: 'tyres', dueMs: nowMs - dayMs })
  expect([...dueEntries([old, again, tyres], nowMs, null)]).toEqual([
    ['again', 'later'],
    ['tyres', 'overdue'],
  ])
})

test('whichever comes first counts: the date or the kilometres', () => {
  const both = entry('both', { dueMs: nowMs + 90 * dayMs, dueKm: 1_000 })
  expect(dueEntries([both], nowMs, 500).get('both')).toBe('later')
  expect(dueEntries([both], nowMs, 950).get('both')).toBe('soon')
  expect(dueEntries([both], nowMs, 1_001).get('both')).toBe('overdue')
  expect(dueEntries([both], nowMs, null).get('both')).toBe('later')
  expect(dueEntries([both], nowMs + 80 * dayMs, null).get('both')).toBe('soon')
})
