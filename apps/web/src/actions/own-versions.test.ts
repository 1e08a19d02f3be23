import { expect, test } from 'vitest'
import { OwnVersions } from './own-versions.ts'

const change = (ifMatch: number) => ({ params: { id: 'one' }, ifMatch, body: {} })

test('what was asked for before the answer came names the version that the answer made', () => {
  const versions = new OwnVersions()
  versions.learn(change(3), { id: 'one', version: 4 })
  versions.learn(change(4), { id: 'one', version: 6 })
  expect(versions.rebase(change(3))).toEqual(change(6))
  expect(versions.rebase(change(6))).toEqual(change(6))
})

test('a version that somebody else made stays a conflict', () => {
  const versions = new OwnVersions()
  versions.learn(change(4), { id: 'one', version: 5 })
  expect(versions.rebase(change(3))).toEqual(change(3))
  expect(versions.rebase({ ...change(4), params: { id: 'other' } }).ifMatch).toBe(4)
  versions.learn(change(7), { id: 'another', version: 8 })
  expect(versions.rebase(change(7))).toEqual(change(7))
})

test('what an undo wrote is known, too', () => {
  const versions = new OwnVersions()
  versions.learn(change(3), { id: 'one', version: 4 })
  versions.learn({}, { changes: [{ id: 'one', version: 5 }] })
  expect(versions.rebase(change(3))).toEqual(change(5))
})

test('what names no version, like a comment, has made one all the same', () => {
  const versions = new OwnVersions()
  versions.learn({ params: { id: 'one' } }, { id: 'one', version: 4 })
  expect(versions.rebase(change(3))).toEqual(change(4))
  expect(versions.rebase(change(2))).toEqual(change(2))
})
