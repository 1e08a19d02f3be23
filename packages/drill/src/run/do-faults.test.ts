import type { Operation } from '@fleet/cluster'
import { expect, test } from 'vitest'
import { type Drill, defineDrill } from '../drills/drill.ts'
import { chooseCast } from '../faults/cast.ts'
import type { FaultContext, inject } from '../faults/inject.ts'
import { createFaultRun } from './do-faults.ts'

const drill = (...steps: Drill['steps']) =>
  defineDrill({
    name: 'test',
    title: 'A test',
    expects: 'Whatever.',
    steps,
    limits: { writeGapMs: 1, readGapMs: 1, appGapMs: 1, healthyAgainMs: 1 },
  })
const hang = (process: string, atS: number, healAtS: number) =>
  ({ atS, fault: { do: 'hang', process, on: 'primary' }, healAtS }) as const

/** Time passes only when somebody waits. */
function quickClock() {
  let nowMs = 0
  return {
    now: () => nowMs,
    sleep: async (ms: number) => {
      nowMs += ms
    },
  }
}

function faultRun(of: Drill, doFault: typeof inject) {
  const clock = quickClock()
  const seen: string[] = []
  const operation = { clock, signal: new AbortController().signal } as unknown as Operation
  const nobody = {
    writes: { primary: null },
    members: [],
    etcd: { leader: null, members: [] },
    vip: { holder: null },
  }
  const cast = chooseCast(nobody as never, { hosts: [] } as never)
  const context = { operation, cast } as unknown as FaultContext
  const note = (kind: string, text: string) =>
    seen.push(`${clock.now() / 1_000} ${kind} ${text.split(' ')[0]}`)
  return { seen, ...createFaultRun(of, context, note, doFault) }
}

test('each fault comes at its time and is healed at its time', async () => {
  const { run, seen } = faultRun(
    drill(hang('patroni', 10, 30), hang('etcd', 20, 25)),
    async () => async () => {},
  )
  await run()
  expect(seen).toEqual([
    '10 injecting patroni',
    '10 injected patroni',
    '20 injecting etcd',
    '20 injected etcd',
    '25 healed etcd',
    '30 healed patroni',
  ])
})

test('what is left when a fault cannot be done is healed, the last first, and each once', async () => {
  const steps = [hang('patroni', 10, 90), hang('etcd', 20, 90), hang('postgres', 30, 90)]
  const { run, healAll, seen } = faultRun(drill(...steps), async (fault) => {
    if (fault.do === 'hang' && fault.process === 'postgres') throw new Error('no such process')
    return async () => {}
  })
  await expect(run()).rejects.toThrow('no such process')
  await healAll()
  await healAll()
  expect(seen.slice(-3)).toEqual(['30 injecting postgres', '30 healed etcd', '30 healed patroni'])
})

test('a fault that cannot be healed keeps no other from it, and is told', async () => {
  const { run, healAll, seen } = faultRun(
    drill(hang('patroni', 10, 90), hang('etcd', 20, 90)),
    async (fault) => {
      if (fault.do === 'hang' && fault.process === 'etcd')
        return async () => {
          throw new Error('the machine is gone')
        }
      return async () => {}
    },
  )
  await expect(run()).rejects.toThrow('the machine is gone')
  await expect(healAll()).rejects.toThrow('the machine is gone')
  expect(seen.filter((line) => line.includes('healed'))).toEqual(['90 healed patroni'])
})

test('a fault that still is being done when another one fails is healed, too', async () => {
  const { run, healAll, seen } = faultRun(
    drill(hang('patroni', 10, 90), hang('etcd', 10, 90)),
    async (fault) => {
      if (fault.do === 'hang' && fault.process === 'patroni') throw new Error('no such process')
      await new Promise((resolve) => setImmediate(resolve))
      return async () => {}
    },
  )
  await expect(run()).rejects.toThrow('no such process')
  await healAll()
  expect(seen.at(-1)).toBe('10 healed etcd')
})
