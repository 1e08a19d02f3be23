import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { createTestingWorld } from '../testing/testing-world.ts'
import type { CommandWorld } from './command.ts'
import { readNewPassword } from './password.ts'

/** A keyboard: types each line when the question is there, and notes what was done in which order. */
function createKeyboard(lines: readonly string[]) {
  const events: string[] = []
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (isRaw: boolean) => void events.push(isRaw ? 'echo off' : 'echo on'),
  })
  const { world } = createTestingWorld()
  let next = 0
  const typing: CommandWorld = {
    ...world,
    terminal: {
      ...world.terminal,
      stdin,
      err: (text) => {
        events.push(text)
        if (text.endsWith(': ')) stdin.write(lines[next++] ?? '')
      },
    },
  }
  return { world: typing, events }
}

test('a password is asked twice, with the echo off before the question appears', async () => {
  const { world, events } = createKeyboard(['correct horsf\u007fe staple\r', 'correct horse staple\n'])
  expect(await readNewPassword(world, false)).toBe('correct horse staple')
  expect(events).toEqual([
    'echo off',
    'Password: ',
    'echo on',
    '\n',
    'echo off',
    'The same again: ',
    'echo on',
    '\n',
  ])
})

test('two that differ, or one that is too short, change nothing', async () => {
  await expect(
    readNewPassword(createKeyboard(['correct horse staple\r', 'correct horse\r']).world, false),
  ).rejects.toThrow('The two passwords differ.')
  await expect(readNewPassword(createKeyboard(['short\r', 'short\r']).world, false)).rejects.toMatchObject({
    code: 'usage',
  })
})

test('Ctrl-C at the question gives the terminal back as it was', async () => {
  const { world, events } = createKeyboard(['corr\u0003'])
  await expect(readNewPassword(world, false)).rejects.toMatchObject({ name: 'StoppedError' })
  expect(events.slice(-2)).toEqual(['echo on', '\n'])
})

test('from standard input the first line counts, without its end', async () => {
  expect(
    await readNewPassword(createTestingWorld({ stdin: 'ignored' }).world, false).catch(
      (error: Error) => error.message,
    ),
  ).toContain('Nobody is there')
  const { world } = createTestingWorld()
  const stdin = new PassThrough()
  stdin.end('correct horse staple\r\nsecond line\n')
  expect(await readNewPassword({ ...world, terminal: { ...world.terminal, stdin } }, true)).toBe(
    'correct horse staple',
  )
})
