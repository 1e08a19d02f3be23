import { expect, test } from 'vitest'
import { doAll } from './do-all.ts'

test('what fails keeps nothing after it from being done, and the first failure is thrown in the end', async () => {
  const done: string[] = []
  const fails = (name: string) => async () => {
    done.push(name)
    throw new Error(name)
  }
  const all = doAll([
    fails('work'),
    fails('heal'),
    () => done.push('close'),
    async () => done.push('stop watching'),
  ])
  await expect(all).rejects.toThrow('work')
  expect(done).toEqual(['work', 'heal', 'close', 'stop watching'])
})

test('one begins when the one before is done', async () => {
  const done: string[] = []
  await doAll([
    async () => {
      await Promise.resolve()
      done.push('first')
    },
    () => done.push('second'),
  ])
  expect(done).toEqual(['first', 'second'])
})
