import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@fleet/domain'
import { expect, test } from 'vitest'
import { runCli } from './cli.ts'
import { type CommandNode, defineCommand, defineGroup, StoppedError } from './command.ts'
import { commands } from './commands/index.ts'
import { RefusedError } from './refused-error.ts'
import { createTestingWorld } from '../testing/testing-world.ts'

const greet = defineCommand({
  name: 'greet',
  summary: 'Greet somebody',
  options: {
    times: { type: 'integer', summary: 'How often', default: 1, min: 1, max: 3, short: 't' },
    tone: { type: 'string', summary: 'How', choices: ['warm', 'cool'], env: 'GREET_TONE' },
    loud: { type: 'boolean', summary: 'Shout' },
    to: { type: 'string', summary: 'Whom to', required: true },
  },
  positionals: [{ name: 'word', summary: 'What to say', required: false }],
  examples: [{ line: 'fleet greet --to Bram', says: 'Says hello' }],
  run: async ({ options, positionals }) => ({
    data: { options, positionals },
    text: `${positionals.word ?? 'Hello'} ${options.to}`,
  }),
})
const failing = (error: unknown) =>
  defineCommand({
    name: 'fail',
    summary: 'Fail',
    options: {},
    positionals: [],
    examples: [],
    run: async () => {
      throw error
    },
  })
const tree = (...members: CommandNode[]) => defineGroup('fleet', 'Test', [greet, ...members])

async function run(line: string, env: Record<string, string> = {}, root = tree()) {
  const { world, out, err } = createTestingWorld({ env })
  const code = await runCli(root, line === '' ? [] : line.split(' '), world)
  return { code, out: out(), err: err() }
}

test('options and arguments come with their types and defaults', async () => {
  const { code, out } = await run('greet Hoi --to Bram -t 2 --loud --json')
  expect(code).toBe(0)
  expect(JSON.parse(out)).toEqual({
    options: { times: 2, tone: null, loud: true, to: 'Bram' },
    positionals: { word: 'Hoi' },
  })
})

test('a variable stands in for an option, and the option counts more', async () => {
  expect(JSON.parse((await run('greet --to A --json', { GREET_TONE: 'cool' })).out).options.tone).toBe('cool')
  expect(
    JSON.parse((await run('greet --to A --tone warm --json', { GREET_TONE: 'cool' })).out).options.tone,
  ).toBe('warm')
  expect((await run('greet --to A', { GREET_TONE: 'cold' })).err).toContain('GREET_TONE is "cold"')
})

test('every problem of a command line is told at once, and the exit code is 2', async () => {
  const { code, err, out } = await run('greet --times many --tone wram --lod one two')
  expect(code).toBe(2)
  expect(out).toBe('')
  for (const part of [
    '--times is "many": give a whole number from 1 to 3.',
    'Did you mean warm?',
    'There is no option --lod. Did you mean --loud?',
    '--to is missing',
    '"two" is one argument too many.',
    'fleet greet --help',
  ])
    expect(err).toContain(part)
})

test.each([
  ['greet --to', '--to needs a value'],
  ['greet --to --loud', '--to needs a value'],
  ['greet --to A --to B', '--to is given twice.'],
  ['greet --to A --loud=yes', '--loud takes no value.'],
  ['greet --to A --times 9', 'from 1 to 3'],
  ['greet --to A --times 1.5', 'a whole number'],
  ['greet --to A --times=', 'a whole number'],
])('%s is refused: %s', async (line, sentence) => {
  const { code, err } = await run(line)
  expect(code).toBe(2)
  expect(err).toContain(sentence)
})

test('a value that begins with a dash is taken when it is joined by a sign', async () => {
  expect(JSON.parse((await run('greet --to=--odd-- --json')).out).options.to).toBe('--odd--')
})

test('an unknown command names the nearest, or the ones there are', async () => {
  expect(await run('gret')).toMatchObject({
    code: 2,
    err: expect.stringContaining('Did you mean: fleet greet?'),
  })
  expect((await run('zzzzzz')).err).toContain('Commands here: greet')
  expect(JSON.parse((await run('gret --json')).out)).toMatchObject({ error: { code: 'usage' } })
})

test("a person's mistake is a sentence and what to do; a bug is a stack", async () => {
  const known = await run(
    'fail',
    {},
    tree(failing(new AppError('not_found', 'There is no bike 7.', { fix: 'Look again.' }))),
  )
  expect(known).toEqual({ code: 1, out: '', err: 'There is no bike 7.\nLook again.\n' })
  const bug = await run('fail', {}, tree(failing(new TypeError('x is not a function'))))
  expect(bug.code).toBe(1)
  expect(bug.err).toMatch(/bug in fleet[^]*TypeError: x is not a function\n\s+at /)
  const refused = await run(
    'fail --json',
    {},
    tree(failing(new RefusedError({ code: 'in_use', message: 'It is in use.' }))),
  )
  expect(JSON.parse(refused.out)).toEqual({ error: { code: 'in_use', message: 'It is in use.' } })
  expect(await run('fail', {}, tree(failing(new StoppedError('Stopped.'))))).toMatchObject({
    code: 130,
    err: 'Stopped.\n',
  })
})

test('Ctrl-C is no failure of what it ends', async () => {
  const stop = new AbortController()
  const waits = defineCommand({
    name: 'wait',
    summary: 'Wait',
    options: {},
    positionals: [],
    examples: [],
    async run(_, world) {
      setImmediate(() => stop.abort())
      await sleep(60_000, undefined, { signal: world.stop })
      return null
    },
  })
  const { world, out } = createTestingWorld()
  expect(await runCli(tree(waits), ['wait', '--json'], { ...world, stop: stop.signal })).toBe(130)
  expect(JSON.parse(out())).toEqual({ error: { code: 'stopped', message: 'Stopped.' } })
})

test('nothing typed shows what there is', async () => {
  const { code, out } = await run('')
  expect(code).toBe(0)
  expect(out).toContain('greet  Greet somebody')
})

function* leaves(
  node: CommandNode,
  path: readonly string[] = [],
): Generator<{ path: readonly string[]; node: CommandNode }> {
  yield { path, node }
  if (node.kind === 'group') for (const member of node.members) yield* leaves(member, [...path, member.name])
}

const all = [...leaves(commands)]

test.each(all.map(({ path, node }) => [['fleet', ...path].join(' '), path, node] as const))(
  '%s --help names its usage, its options and its members',
  async (title, path, node) => {
    const { world, out, err } = createTestingWorld()
    expect(await runCli(commands, [...path, '--help'], world)).toBe(0)
    expect(err()).toBe('')
    expect(out()).toContain(`Usage: ${title}`)
    expect(out()).toContain(node.summary)
    if (node.kind === 'group') {
      const lines = out()
        .split('\n')
        .map((line) => line.trim().replace(/ +/g, ' '))
      for (const { name, summary } of node.members) expect(lines).toContain(`${name} ${summary}`)
      return
    }
    for (const name of [...Object.keys(node.options), 'help', 'json'])
      expect(out()).toMatch(new RegExp(`--${name}\\b`))
    for (const { name } of node.positionals) expect(out()).toContain(name.toUpperCase())
    for (const { line } of node.examples) expect(out()).toContain(line)
  },
)

test('every example in the help is a command line that parses', async () => {
  const { parseArguments } = await import('./parse-arguments.ts')
  for (const { path, node } of all) {
    if (node.kind === 'group') continue
    expect(node.examples.length).toBeGreaterThan(0)
    for (const { line } of node.examples) {
      const words = (line.replace(/ < .*$/, '').match(/"[^"]*"|\S+/g) ?? []).map((word) =>
        word.replaceAll('"', ''),
      )
      const typed = words.slice(words.indexOf('fleet') + 1)
      expect(typed.slice(0, path.length)).toEqual(path)
      expect(parseArguments(node, typed.slice(path.length), {})).not.toHaveProperty('problems')
    }
  }
})

test('no command takes a password or a secret as an option', () => {
  for (const { node } of all)
    if (node.kind === 'command')
      for (const [name, { type }] of Object.entries(node.options))
        if (/password|secret/.test(name)) expect(type).toBe('boolean')
})
