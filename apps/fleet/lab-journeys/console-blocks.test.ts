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
    {
      line: 6,
      machine: 'operator',
      command: './fleet cluster status',
      expected: ['healthy: …', ''],
      exitCode: 0,
      withinS: 0,
    },
    { line: 9, machine: 'pg-node-1', command: 'patronictl list', expected: [], exitCode: 0, withinS: 0 },
  ])
})

test('a block that begins with output is an error: its command would never be run', () => {
  expect(() => parseConsoleBlocks('```console\nhealthy\n```')).toThrow('line 2')
})

test('a comment says how a command ends, and how long what it shows takes', () => {
  const comments = ['# exits 1', '# within 60 s', '# within 60 s, exits 2', '']
  const shown = comments.map(
    (comment) => parseConsoleBlocks(`\`\`\`console\noperator$ true  ${comment}\n\`\`\``)[0],
  )
  expect(shown).toMatchObject([
    { exitCode: 1, withinS: 0 },
    { exitCode: 0, withinS: 60 },
    { exitCode: 2, withinS: 60 },
    { exitCode: 0, withinS: 0 },
  ])
})

test('a comment of other words is an error: it would promise what nobody checks', () => {
  expect(() => parseConsoleBlocks('```console\noperator$ true  # exits one\n```')).toThrow('"exits one"')
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
