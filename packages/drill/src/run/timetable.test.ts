import { expect, test } from 'vitest'
import type { Fault } from '../faults/fault.ts'
import { createTimetable } from './timetable.ts'

const fault: Fault = { do: 'restart-app' }
const step = (atS: number, healAtS: number | null) => ({ atS, fault, healAtS })

test('faults and their healing come in order of time, what is at one time comes together', () => {
  const [a, b, c] = [step(10, 40), step(20, null), step(20, 30)]
  expect(createTimetable([c, a, b])).toEqual([
    { atS: 10, inject: [a], heal: [] },
    { atS: 20, inject: [c, b], heal: [] },
    { atS: 30, inject: [], heal: [c] },
    { atS: 40, inject: [], heal: [a] },
  ])
})
