import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeFolder } from './make-folder.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'fleet-folder-'))
})
afterEach(() => rmSync(home, { recursive: true }))

test('makes all that is missing, for its owner only, and is content with what is there', () => {
  const folder = join(home, 'a/b/c')
  expect([makeFolder(folder), makeFolder(folder)]).toEqual([join(home, 'a'), null])
  expect(['a', 'a/b', 'a/b/c'].map((name) => statSync(join(home, name)).mode & 0o777)).toEqual([
    0o700, 0o700, 0o700,
  ])
})

test('a file in the way is an error', () => {
  writeFileSync(join(home, 'file'), '')
  expect(() => makeFolder(join(home, 'file/data'))).toThrow(/ENOTDIR|EEXIST/)
})

// In a process of its own: what hangs does not let a test run out of time.
test('a database where no folder can be made is refused at once, not tried for ever', () => {
  const connection = pathToFileURL(join(import.meta.dirname, 'sqlite/connection.ts')).href
  const { status, stdout } = spawnSync(
    process.execPath,
    [
      '-e',
      `import('${connection}').then(({ openSqlite }) => openSqlite('/proc/nowhere/deep/fleet.db'))
         .catch((error) => console.log(error.code, error.message))`,
    ],
    { encoding: 'utf8', timeout: 20_000, killSignal: 'SIGKILL' },
  )
  expect(status).toBe(0)
  expect(stdout).toMatch(/^storage_failed .*\/proc\/nowhere/)
})
