import { type Delivery, deliveryStatuses, deliveryTransitions } from '@fleet/domain'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { afterStep, commonSteps, possibleSteps, stepBetween } from './delivery-actions.ts'

const delivery = (status: Delivery['status']) =>
  ({ id: 'x', status, courierId: 'c', failureReason: null, version: 3 }) as unknown as Delivery
const status = fc.constantFrom(...deliveryStatuses)

test('what is shown before the server answers is what the state machine says', () => {
  fc.assert(
    fc.property(status, (from) => {
      for (const event of possibleSteps(delivery(from))) {
        if (event === 'assign') continue
        const step = event === 'fail' || event === 'cancel' ? { event, reason: 'r' } : { event }
        expect(afterStep(delivery(from), step).status).toBe(deliveryTransitions[from][event])
      }
    }),
  )
})

test('many deliveries can take together only what each of them can', () => {
  fc.assert(
    fc.property(fc.array(status, { minLength: 1, maxLength: 6 }), (statuses) => {
      for (const event of commonSteps(statuses.map(delivery)))
        for (const from of statuses) expect(deliveryTransitions[from][event]).not.toBeNull()
    }),
  )
  expect(commonSteps([])).toEqual([])
})

test('a column of the board is reached by the step that leads there, or not at all', () => {
  expect(stepBetween(delivery('unassigned'), 'assigned')).toBe('assign')
  expect(stepBetween(delivery('assigned'), 'unassigned')).toBe('unassign')
  expect(stepBetween(delivery('failed'), 'unassigned')).toBe('retry')
  expect(stepBetween(delivery('unassigned'), 'delivered')).toBeNull()
  expect(stepBetween(delivery('picked_up'), 'picked_up')).toBeNull()
})
