import { expect, test } from 'vitest'
import { finishWorkloads } from './finish-workloads.ts'

test('a workload that can be neither stopped nor read keeps none from being read, and the history is closed', async () => {
  const done: string[] = []
  const workload = (name: string, fails = false) => ({
    async stop() {
      if (fails) throw new Error(`${name} did not stop`)
    },
    async readEnd() {
      done.push(`read ${name}`)
      if (fails) throw new Error(`${name} could not be read`)
    },
  })
  const finished = finishWorkloads(
    [workload('screens'), workload('sessions', true), workload('inserts')],
    1_000,
    { close: () => done.push('closed') },
    () => {},
  )
  await expect(finished).rejects.toThrow('sessions did not stop')
  expect(done).toEqual(['read inserts', 'read sessions', 'read screens', 'closed'])
})
