import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { boundShellLog } from './shell-log.ts'

let folder: string
let file: string
let output: number
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-shell-log-'))
  file = join(folder, 'server.log')
  // As the app opens it, and as an app before this one has left it.
  writeFileSync(file, 'before\n', { mode: 0o644 })
  writeFileSync(`${file}.1`, 'long before\n', { mode: 0o644 })
  output = openSync(file, 'a')
})
afterEach(() => {
  closeSync(output)
  rmSync(folder, { recursive: true })
})

const modeOf = (path: string) => statSync(path).mode & 0o777

test('the log is for its owner, and stays short while the app runs; the last lines are there', () => {
  const write = boundShellLog(file, (text) => void writeSync(output, text), output, 1_000)
  expect([modeOf(file), modeOf(`${file}.1`)]).toEqual([0o600, 0o600])
  for (let line = 1; line <= 500; line++) {
    write(`line ${line}\n`)
    expect(statSync(file).size).toBeLessThan(1_000)
  }
  expect(statSync(`${file}.1`).size).toBeLessThan(1_020)
  const kept = readFileSync(`${file}.1`, 'utf8') + readFileSync(file, 'utf8')
  expect(kept).toMatch(/^line \d+\n/)
  const first = Number(/\d+/.exec(kept)![0])
  expect(kept).toBe(Array.from({ length: 501 - first }, (_, i) => `line ${first + i}\n`).join(''))
  expect([modeOf(file), modeOf(`${file}.1`)]).toEqual([0o600, 0o600])
})

test('a file that is not written to is left alone', () => {
  const other = join(folder, 'other.log')
  writeFileSync(other, 'precious\n', { mode: 0o644 })
  for (const name of [other, join(folder, 'missing.log'), null]) {
    const write = boundShellLog(name, (text) => void writeSync(output, text), output, 10)
    write('a line longer than that\n')
  }
  expect(readFileSync(other, 'utf8')).toBe('precious\n')
  expect(modeOf(other)).toBe(0o644)
})
