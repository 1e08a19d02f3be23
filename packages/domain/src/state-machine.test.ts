import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bikeTransitions } from './bike.ts'
import { shiftTransitions } from './courier.ts'
import { activeDeliveryStatuses, deliveryTransitions } from './delivery.ts'
import { issueTransitions } from './issue.ts'
import { possibleEvents, step, type StateTable } from './state-machine.ts'

type AnyTable = StateTable<string, string>
const tables: readonly (readonly [noun: string, table: AnyTable, start: string, ends: readonly string[]])[] =
  [
    ['bike', bikeTransitions, 'available', []],
    ['shift', shiftTransitions, 'off', []],
    ['delivery', deliveryTransitions, 'unassigned', ['delivered', 'cancelled']],
    ['issue', issueTransitions, 'open', []],
  ]

describe.each(tables)('the states of a %s', (noun, table, start, ends) => {
  const states = Object.keys(table)
  const events = Object.keys(table[start]!)

  test('every state can be reached from the start', () => {
    const reached = new Set([start])
    for (const state of reached)
      for (const event of possibleEvents(table, state)) reached.add(table[state]![event]!)
    expect([...reached].toSorted((a, b) => a.localeCompare(b))).toEqual(
      states.toSorted((a, b) => a.localeCompare(b)),
    )
  })

  test('only the final states lead nowhere', () => {
    expect(states.filter((state) => possibleEvents(table, state).length === 0)).toEqual(ends)
  })

  test('a step goes where the table says, or is refused and names what is possible', () => {
    fc.assert(
      fc.property(fc.constantFrom(...states), fc.constantFrom(...events), (from, event) => {
        const decision = step(noun, table, from, event)
        const to = table[from]![event]
        if (to !== null) expect(decision).toEqual({ ok: true, value: to })
        else {
          if (decision.ok) throw new Error(`${from} ${event} was accepted`)
          expect(decision.refusal.code).toBe('impossible_step')
          for (const possible of possibleEvents(table, from))
            expect(decision.refusal.message).toContain(possible.replaceAll('_', ' '))
        }
      }),
    )
  })
})

test('a bike is in use only by being taken, and leaves that only by being returned', () => {
  for (const row of Object.values(bikeTransitions))
    for (const [event, to] of Object.entries(row))
      expect(to === 'in_use').toBe(event === 'take' && to !== null)
  expect(possibleEvents(bikeTransitions, 'in_use')).toEqual(['return'])
})

test('a parcel that a courier holds is delivered or fails, and is never just cancelled or unassigned', () => {
  expect(possibleEvents(deliveryTransitions, 'picked_up')).toEqual(['assign', 'deliver', 'fail'])
  for (const status of activeDeliveryStatuses)
    expect(possibleEvents(deliveryTransitions, status).length).toBeGreaterThan(0)
})
