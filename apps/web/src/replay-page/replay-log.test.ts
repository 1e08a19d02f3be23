import type { ReplayEvents } from '@fleet/api'
import type { BikeId, CourierId, DeliveryId, IssueId } from '@fleet/domain'
import { expect, test } from 'vitest'
import { momentAfter, momentBefore, ReplayLog } from './replay-log.ts'

const [daan, eva] = ['daan', 'eva'] as unknown as [CourierId, CourierId]
const [one, two] = ['one', 'two'] as unknown as [BikeId, BikeId]
type Step = ReplayEvents['deliveries'][number]['steps'][number]
const step = (
  atMs: number,
  event: Step['event'],
  status: Step['status'],
  courierId: CourierId | null,
): Step => ({ atMs, event, status, courierId })
const place = { address: 'Dam 1', point: { lat: 52.37, lon: 4.89 } }
const delivery = (id: string, steps: readonly Step[]): ReplayEvents['deliveries'][number] => ({
  id: id as DeliveryId,
  code: id,
  pickup: place,
  dropoff: place,
  steps: [...steps],
})
const issue = (
  id: string,
  atMs: number,
  about: Partial<ReplayEvents['issues'][number]>,
): ReplayEvents['issues'][number] => ({
  id: id as IssueId,
  kind: 'late',
  description: '',
  atMs,
  bikeId: null,
  courierId: null,
  deliveryId: null,
  ...about,
})

const log = new ReplayLog({
  fromMs: 100,
  toMs: 1_000,
  rides: [
    { courierId: daan, bikeId: one, fromMs: 0, toMs: 500 },
    { courierId: daan, bikeId: two, fromMs: 500, toMs: null },
    { courierId: eva, bikeId: one, fromMs: 600, toMs: null },
  ],
  deliveries: [
    delivery('a', [
      step(50, 'assign', 'assigned', daan),
      step(200, 'pick_up', 'picked_up', daan),
      step(700, 'deliver', 'delivered', daan),
      step(720, 'undo', 'picked_up', daan),
      step(800, 'fail', 'failed', daan),
    ]),
    delivery('b', [step(90, 'pick_up', 'picked_up', eva), step(650, 'assign', 'picked_up', daan)]),
  ],
  issues: [issue('x', 300, { deliveryId: 'a' as DeliveryId }), issue('y', 650, { courierId: eva })],
})

test('moments are of the window, in order, each with the bike that it was on', () => {
  expect(log.moments.map(({ kind, atMs, bikeId }) => [kind, atMs, bikeId])).toEqual([
    ['pickedUp', 200, one],
    ['issue', 300, one],
    ['issue', 650, one],
    ['delivered', 700, two],
    ['failed', 800, two],
  ])
  expect(momentAfter(log.moments, 300)?.atMs).toBe(650)
  expect(momentAfter(log.moments, 800)).toBeUndefined()
  expect(momentBefore(log.moments, 300)?.atMs).toBe(200)
})

test('a bike has the load of whoever rides it, at every moment', () => {
  const load = (bikeId: BikeId, atMs: number) =>
    log.loadOf(bikeId, atMs).map((carried) => [carried.delivery.code, carried.aboard])
  expect(load(one, 150)).toEqual([['a', false]])
  expect(load(one, 250)).toEqual([['a', true]])
  expect(load(two, 550)).toEqual([['a', true]])
  expect(load(one, 550)).toEqual([])
  expect(load(one, 620)).toEqual([['b', true]])
  expect(load(two, 660)).toEqual([
    ['a', true],
    ['b', true],
  ])
  expect(load(two, 710)).toEqual([['b', true]])
  expect(load(two, 730)).toHaveLength(2)
  expect(log.riderOf(one, 550)).toBeNull()
})

test('a delivery and an issue lead to the bike that they were about', () => {
  expect(log.bikeAbout('a')).toEqual({ bikeId: one, atMs: 200 })
  expect(log.bikeAbout('y')).toEqual({ bikeId: one, atMs: 650 })
  expect(log.bikeAbout('b')).toBeNull()
})
