import { expect, test } from 'vitest'
import { firstMissingLine, parseConsoleBlocks } from './console-blocks.ts'

const guide = [
  'Text with `pg-node-1# not a command`.',
  '```sh',
  'operator$ not in a console block',
  '```',
  '```console',
  'operator$ ./fleet cluster status',
  'healthy: …',
  '',
  'pg-node-1# patronictl \\',
  '  list',
  '```',
].join('\n')

test('every command of a console block is found, with its machine, its line and its output', () => {
  expect(parseConsoleBlocks(guide)).toEqual([
    { line: 6, machine: 'operator', command: './fleet cluster status', expected: ['healthy: …', ''] },
    { line: 9, machine: 'pg-node-1', command: 'patronictl list', expected: [] },
  ])
})

test('a block that begins with output is an error: its command would never be run', () => {
  expect(() => parseConsoleBlocks('```console\nhealthy\n```')).toThrow('line 2')
})

test('shown lines are found in order, whatever stands for the dots', () => {
  const output = 'healthy: writes go to pg-node-2\nNODE       ROLE\npg-node-1  standby\n'
  expect(firstMissingLine(['healthy: …', '…', 'pg-node-1 standby'], output)).toBeNull()
  expect(firstMissingLine(['pg-node-1 standby', 'healthy: …'], output)).toBe('healthy: …')
  expect(firstMissingLine(['down: …'], output)).toBe('down: …')
})

test('signs that mean something in a pattern mean themselves in a guide', () => {
  expect(firstMissingLine(['a (b) [c]? $1.'], 'a (b) [c]? $1.')).toBeNull()
  expect(firstMissingLine(['a.c'], 'abc')).toBe('a.c')
})
