import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '@fleet/domain'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { publishTestMap } from '../../testing/imported-map.ts'
import { createWorkDirectory, readManifest, removeMap, withMapLock } from './index.ts'

let parent: string
let folder: string
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'fleet-map-'))
  folder = join(parent, 'fleet-map')
})
afterEach(() => rmSync(parent, { recursive: true }))

const currentId = () => {
  const read = readManifest(folder)
  return read.state === 'current' ? read.manifest.id : read.state
}
const directories = () =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)

test('there is one map at a time, and the one before leaves nothing', async () => {
  expect(currentId()).toBe('none')
  await publishTestMap(folder, 'map-a')
  await publishTestMap(folder, 'map-b')
  expect([currentId(), directories()]).toEqual(['map-b', ['map-b']])
})

test('what an import that died left is removed by the next one, and never the current map', async () => {
  await publishTestMap(folder, 'map-a')
  // Died while it worked; died between its two renames.
  for (const name of ['work-map-dead', 'map-renamed']) {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, 'tiles.pmtiles'), 'half')
  }
  writeFileSync(join(folder, 'current.json.next'), '{')
  expect(currentId()).toBe('map-a')
  await withMapLock(folder, async () => createWorkDirectory(folder, 'map-b'))
  expect([currentId(), directories().toSorted()]).toEqual(['map-a', ['map-a', 'map-renamed', 'work-map-b']])
  await publishTestMap(folder, 'map-c')
  expect([currentId(), directories()]).toEqual(['map-c', ['map-c']])
})

test('folders of somebody else are left alone', async () => {
  mkdirSync(join(folder, 'holiday-photos'), { recursive: true })
  await publishTestMap(folder, 'map-a')
  await withMapLock(folder, async () => removeMap(folder))
  expect([currentId(), directories()]).toEqual(['none', ['holiday-photos']])
  expect(existsSync(join(folder, 'current.json'))).toBe(false)
})

test('only one may change the folder, and a failure lets go of it', async () => {
  const { promise: done, resolve } = Promise.withResolvers<void>()
  const first = withMapLock(folder, () => done)
  await expect(withMapLock(folder, async () => 'second')).rejects.toMatchObject({ code: 'database_locked' })
  resolve()
  await first
  await expect(withMapLock(folder, () => Promise.reject(new AppError('usage', 'it failed')))).rejects.toThrow(
    'it failed',
  )
  expect(await withMapLock(folder, async () => 'third')).toBe('third')
})

test('a map whose files are gone is broken, not there', async () => {
  await publishTestMap(folder, 'map-a')
  rmSync(join(folder, 'map-a', 'addresses.db'))
  expect(readManifest(folder)).toMatchObject({
    state: 'broken',
    message: expect.stringContaining('addresses.db'),
  })
})
