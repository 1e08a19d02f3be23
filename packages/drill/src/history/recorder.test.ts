import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { readHistory } from './read-history.ts'
import { openRecorder } from './recorder.ts'

const folder = mkdtempSync(join(tmpdir(), 'fleet-history-'))
afterAll(() => rmSync(folder, { recursive: true }))
let file = ''
let count = 0
beforeEach(() => {
  file = join(folder, `${count++}.jsonl`)
})

let elapsed = 0
const clock = { elapsedMs: () => (elapsed += 5), nowMs: () => 1_700_000_000_000 + elapsed }
const intent = { workload: 'inserts', process: 'a', kind: 'insert', key: 'row 1', value: 7 }

test('what was recorded reads back with outcomes and times', () => {
  elapsed = 0
  const recorder = openRecorder(file, clock)
  const [ok, fail, unknown] = [recorder.begin(intent), recorder.begin(intent), recorder.begin(intent)]
  ok.ok({ from: 6 })
  fail.fail('refused')
  unknown.unknown('the socket closed')
  recorder.close()
  const { operations, incomplete, startedAtMs } = readHistory(file)
  expect(incomplete).toBeNull()
  expect(startedAtMs).toBe(1_700_000_000_000)
  expect(operations.map(({ outcome, answer, why }) => [outcome, answer, why])).toEqual([
    ['ok', { from: 6 }, null],
    ['fail', null, 'refused'],
    ['unknown', null, 'the socket closed'],
  ])
  expect(operations[0]).toMatchObject({
    ...intent,
    id: 1,
    startMs: 5,
    endMs: 20,
    startedAtMs: 1_700_000_000_005,
  })
})

test('only the first end of an operation counts', () => {
  const recorder = openRecorder(file, clock)
  const operation = recorder.begin(intent)
  operation.unknown('no answer within 5 s')
  operation.ok()
  recorder.close()
  expect(readHistory(file).operations[0]).toMatchObject({ outcome: 'unknown' })
})

test('an operation under way when the recorder was closed is unknown, and the history is whole', () => {
  const recorder = openRecorder(file, clock)
  const late = recorder.begin(intent)
  recorder.close()
  late.ok()
  const { operations, incomplete } = readHistory(file)
  expect(operations[0]).toMatchObject({ outcome: 'unknown', endMs: null })
  expect(incomplete).toBeNull()
})

test('a recorder that was killed leaves a readable history that says so', () => {
  const program = `
    const { openRecorder } = await import(${JSON.stringify(join(import.meta.dirname, 'recorder.ts'))})
    const recorder = openRecorder(${JSON.stringify(file)}, { elapsedMs: () => performance.now(), nowMs: Date.now })
    for (let key = 0; ; key += 1) {
      const operation = recorder.begin({ workload: 'w', process: 'p', kind: 'insert', key: String(key), value: key })
      if (key === 100) process.kill(process.pid, 'SIGKILL')
      operation.ok()
    }`
  const { signal } = spawnSync(process.execPath, ['--input-type=module', '-e', program])
  expect(signal).toBe('SIGKILL')
  const { operations, incomplete } = readHistory(file)
  expect(operations.filter(({ outcome }) => outcome === 'ok')).toHaveLength(100)
  expect(operations.at(-1)).toMatchObject({ key: '100', outcome: 'unknown' })
  expect(incomplete).toMatch(/before the drill did/)
})

test('a torn last line is left out and noticed', () => {
  const recorder = openRecorder(file, clock)
  recorder.begin(intent).ok()
  recorder.begin(intent).ok()
  const { length } = readFileSync(file)
  truncateSync(file, length - 7)
  const { operations, incomplete } = readHistory(file)
  expect(operations.map(({ outcome }) => outcome)).toEqual(['ok', 'unknown'])
  expect(incomplete).toMatch(/middle of a line/)
})

test('operations that were taken out of the middle are noticed', () => {
  const recorder = openRecorder(file, clock)
  for (let i = 0; i < 3; i += 1) recorder.begin(intent).ok()
  recorder.close()
  const lines = readFileSync(file, 'utf8').split('\n')
  writeFileSync(file, lines.filter((line) => !line.includes('"id":2')).join('\n'))
  expect(readHistory(file).incomplete).toMatch(/3 operations, and 2 are here/)
})

test('a file that was changed by hand is refused', () => {
  const recorder = openRecorder(file, clock)
  appendFileSync(file, 'not json\n')
  recorder.close()
  expect(() => readHistory(file)).toThrow(/changed by hand/)
})

test('a file that is no history is refused', () => {
  writeFileSync(file, '{"type":"something else"}\n')
  expect(() => readHistory(file)).toThrow(/does not begin as a history/)
})
