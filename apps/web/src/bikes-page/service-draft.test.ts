import type { BikeId, ServiceEntry, ServiceEntryId } from '@fleet/domain'
import { serviceKinds } from '@fleet/domain'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { amsterdamMs } from '../i18n/amsterdam-day.ts'
import { emptyServiceDraft, parseCents, parseServiceDraft, serviceDraftOf } from './service-draft.ts'

const nowMs = amsterdamMs('2026-11-23', '09:30')

test('amounts are read as people here write them', () => {
  expect(parseCents('12,50')).toBe(1250)
  expect(parseCents('12.5')).toBe(1250)
  expect(parseCents('€ 1.250,75')).toBe(125_075)
  expect(parseCents('1,250')).toBe(125_000)
  expect(parseCents('')).toBe(0)
  expect(parseCents('12,505')).toBe(1_250_500)
  for (const wrong of ['-1', 'twelve', '1,2,3', '12,5 euro', '99999999999'])
    expect(parseCents(wrong)).toBeNull()
})

test('all that is wrong is said at once', () => {
  expect(
    parseServiceDraft({
      ...emptyServiceDraft(nowMs, null),
      date: '2026-02-30',
      cost: 'x',
      odometer: '-3',
      dueKm: 'far',
    }),
  ).toEqual(['date', 'cost', 'odometer', 'dueKm'])
})

test('what is due again is due later than now', () => {
  const draft = { ...emptyServiceDraft(nowMs, 1_200_000), dueDate: '2026-11-22', dueKm: '1100' }
  expect(draft.odometer).toBe('1200')
  expect(parseServiceDraft(draft)).toEqual(['dueDate', 'dueKm'])
})

test('an entry that is opened and saved is the same to the day', () => {
  const day = fc.integer({ min: 0, max: 20_000 })
  fc.assert(
    fc.property(
      fc.constantFrom(...serviceKinds),
      day,
      fc.nat(1_000_000_000),
      fc.option(fc.nat(100_000)),
      fc.option(day),
      (kind, date, costCents, odometerKm, dueInDays) => {
        const atMs = date * 86_400_000
        const entry: ServiceEntry = {
          id: 'e' as ServiceEntryId,
          bikeId: 'b' as BikeId,
          kind,
          atMs,
          costCents,
          odometerKm,
          note: 'New pads',
          dueMs: dueInDays === null ? null : atMs + dueInDays * 86_400_000,
          dueKm: odometerKm === null ? null : odometerKm + 500,
          version: 1,
          createdAtMs: 0,
          updatedAtMs: 0,
          demo: false,
        }
        const once = parseServiceDraft(serviceDraftOf(entry))
        expect(once).toMatchObject({ kind, costCents, odometerKm, dueKm: entry.dueKm, note: 'New pads' })
        expect(parseServiceDraft(serviceDraftOf({ ...entry, ...(once as object) }))).toEqual(once)
      },
    ),
  )
})
