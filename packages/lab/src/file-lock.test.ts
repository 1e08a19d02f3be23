import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openFileLock } from './file-lock.ts'
import { until } from './until.ts'

const folder = mkdtempSync(join(tmpdir(), 'fleet-lock-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const path = (name: string) => join(folder, name)

test('one at a time: the second waits, and is refused when that takes too long', async () => {
  const first = await openFileLock(path('a'), 1_000)
  expect(await openFileLock(path('a'), 100)).toBeNull()
  const second = openFileLock(path('a'), 10_000)
  first!.release()
  expect(await second).not.toBeNull()
  ;(await second)!.release()
})

test('whoever waited for a lock whose file is removed shares none with who comes after', async () => {
  const remover = await openFileLock(path('b'), 1_000)
  const waiting = openFileLock(path('b'), 10_000)
  // It waits for the file that is there: the kernel lists who waits with an arrow.
  const inode = statSync(path('b')).ino
  const waits = new RegExp(`-> FLOCK .*:${inode} `)
  expect(await until(10_000, () => waits.test(readFileSync('/proc/locks', 'utf8')))).toBe(true)
  rmSync(path('b'))
  remover!.release()
  const waiter = await waiting
  expect(waiter).not.toBeNull()
  expect(existsSync(path('b'))).toBe(true)
  expect(await openFileLock(path('b'), 100)).toBeNull()
  waiter!.release()
})
