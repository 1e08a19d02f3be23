import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { desktopSettings } from '@fleet/api'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseSettings, readSettings, writeSettings } from './settings-file.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-settings-'))
  file = join(folder, 'config/settings.json')
})
afterEach(() => rmSync(folder, { recursive: true }))

const here = desktopSettings.parse({ data: 'here' })
const servers = desktopSettings.parse({
  data: 'servers',
  connection: { host: '10.0.0.100', database: 'bike_fleet', user: 'fleet_app', readPort: 5433 },
  trackerPort: null,
})

test('what is written is read again, by its owner only', () => {
  expect(readSettings(file)).toEqual({ is: 'none' })
  for (const settings of [here, servers]) {
    writeSettings(file, settings)
    expect(readSettings(file)).toEqual({ is: 'settings', settings })
  }
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readdirSync(join(folder, 'config'))).toEqual(['settings.json'])
})

test('a writing that did not get to its end is no settings, and is replaced', () => {
  writeSettings(file, here)
  writeFileSync(`${file}.new`, '{"data":"ser', { mode: 0o644 })
  expect(readSettings(file)).toEqual({ is: 'settings', settings: here })
  writeSettings(file, servers)
  expect(readSettings(file)).toEqual({ is: 'settings', settings: servers })
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('all mistakes of somebody who edited it are found at once, with their lines', () => {
  const text = `{
  "data": "there",
  "connection": {
    "host": "10.0.0.100",
    "port": 99999,
    "database": "bike_fleet",
    "pasword": "x"
  },
  "trackerPort": "5055"
}`
  expect(parseSettings(text)).toEqual({
    is: 'faults',
    faults: [
      { line: null, text: null, field: 'connection.user', is: 'missing' },
      { line: 2, text: '"data": "there",', field: 'data', is: 'wrong' },
      { line: 5, text: '"port": 99999,', field: 'connection.port', is: 'wrong' },
      { line: 7, text: '"pasword": "x"', field: 'connection.pasword', is: 'unknown' },
      { line: 9, text: '"trackerPort": "5055"', field: 'trackerPort', is: 'wrong' },
    ],
  })
})

test.each([
  ['', 1, ''],
  ['{\n  "data": "here",\n  oops\n}', 3, 'oops'],
  ['{\n  "data": "here"', 2, '"data": "here"'],
])('%j is no JSON', (text, line, said) => {
  expect(parseSettings(text)).toEqual({
    is: 'faults',
    faults: [{ line, text: said, field: null, is: 'no_json' }],
  })
})

test('servers without a connection are a mistake, and so is anything that is no object', () => {
  expect(parseSettings('{"data":"servers"}')).toMatchObject({
    faults: [{ field: 'connection', is: 'missing' }],
  })
  expect(parseSettings('[]')).toMatchObject({ faults: [{ field: null, is: 'wrong' }] })
})

test('a broken file is never lost', () => {
  mkdirSync(join(folder, 'config'))
  for (const [broken, name] of [
    ['first', 'settings.json.broken'],
    ['second', 'settings.json.broken-2'],
  ] as const) {
    writeFileSync(file, broken)
    writeSettings(file, here)
    expect(readFileSync(join(folder, 'config', name), 'utf8')).toBe(broken)
    expect(readSettings(file)).toEqual({ is: 'settings', settings: here })
  }
})

test('a file that cannot be read is kept, and its new name is told', () => {
  expect(writeSettings(file, here)).toBeNull()
  rmSync(file)
  // Root reads any file; nobody reads a folder as one.
  mkdirSync(join(file, 'precious'), { recursive: true })
  expect(readSettings(file)).toMatchObject({ is: 'unreadable' })
  expect(writeSettings(file, here)).toBe(`${file}.broken`)
  expect(readdirSync(`${file}.broken`)).toEqual(['precious'])
  expect(readSettings(file)).toEqual({ is: 'settings', settings: here })
})

test('a folder that cannot be written is named, and what was there stays', () => {
  writeSettings(file, here)
  // Root writes anywhere: something in the way stops everybody.
  rmSync(`${file}.new`, { force: true })
  mkdirSync(`${file}.new/in-the-way`, { recursive: true })
  expect(() => writeSettings(file, servers)).toThrow(file)
  expect(readSettings(file)).toEqual({ is: 'settings', settings: here })
})
