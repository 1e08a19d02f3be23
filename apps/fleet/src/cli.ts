import { nearestWord } from '@fleet/cluster/nearest-word'
import { ClusterError } from '@fleet/cluster/error'
import { AppError } from '@fleet/domain'
import { type Command, type CommandGroup, type CommandWorld, StoppedError } from './command.ts'
import { renderCommandHelp, renderGroupHelp } from './help.ts'
import { parseArguments } from './parse-arguments.ts'
import { RefusedError } from './refused-error.ts'

export const exitCodes = { ok: 0, failed: 1, usage: 2, stopped: 130 } as const

/**
 * Runs one command line.
 *
 * @param argv what follows the program's name
 * @returns the exit code; everything that can go wrong has been printed
 */
export async function runCli(
  root: CommandGroup,
  argv: readonly string[],
  world: Omit<CommandWorld, 'json'>,
): Promise<number> {
  const { terminal } = world
  const found = findCommand(root, argv)
  if (found.kind === 'help') {
    terminal.out(`${renderGroupHelp(found.group, found.path, terminal.paint)}\n`)
    return exitCodes.ok
  }
  if (found.kind === 'unknown') {
    const json = argv.includes('--json')
    return fail(new AppError('usage', found.message, { fix: found.fix }), { ...world, json })
  }
  const { command, path, rest } = found
  const parsed = parseArguments(command, rest, world.env)
  if ('problems' in parsed) {
    const error = new AppError('usage', parsed.problems.join('\n'), {
      fix: `See ${path.join(' ')} --help.`,
    })
    return fail(error, { ...world, json: parsed.json })
  }
  if (parsed.help) {
    terminal.out(`${renderCommandHelp(command, path, terminal.paint)}\n`)
    return exitCodes.ok
  }
  const full: CommandWorld = { ...world, json: parsed.json }
  try {
    const result = await command.run(parsed, full)
    if (result && !parsed.json) terminal.out(withNewline(result.text))
    if (result && parsed.json && result.data !== undefined) terminal.out(`${JSON.stringify(result.data)}\n`)
    return result?.exitCode ?? exitCodes.ok
  } catch (error) {
    return fail(isAbort(error, world.stop) ? new StoppedError('Stopped.') : error, full)
  }
}

/** What Node and our own loops throw when `stop` ends what they wait for. */
const isAbort = (error: unknown, stop: AbortSignal): boolean =>
  stop.aborted && (error === stop.reason || (error instanceof Error && error.name === 'AbortError'))

const withNewline = (text: string) => (text === '' || text.endsWith('\n') ? text : `${text}\n`)

type Found =
  | { kind: 'command'; command: Command; path: readonly string[]; rest: readonly string[] }
  | { kind: 'help'; group: CommandGroup; path: readonly string[] }
  | { kind: 'unknown'; message: string; fix: string }

function findCommand(root: CommandGroup, argv: readonly string[]): Found {
  let group = root
  const path = [root.name]
  for (const [index, word] of argv.entries()) {
    if (word === '--help' || word === '-h' || word === 'help') return { kind: 'help', group, path }
    if (word === '--json') continue
    const member = group.members.find(({ name }) => name === word)
    if (!member) {
      const names = group.members.map(({ name }) => name)
      const meant = nearestWord(word, names)
      return {
        kind: 'unknown',
        message: `There is no command "${[...path.slice(1), word].join(' ')}".`,
        fix: meant
          ? `Did you mean: ${[...path, meant].join(' ')}?`
          : `Commands here: ${names.join(', ')}. See ${path.join(' ')} --help.`,
      }
    }
    path.push(member.name)
    if (member.kind === 'command') {
      // `--json` may stand anywhere, also before the command's name.
      const before = argv.slice(0, index).filter((arg) => arg === '--json')
      return { kind: 'command', command: member, path, rest: [...before, ...argv.slice(index + 1)] }
    }
    group = member
  }
  return { kind: 'help', group, path }
}

function fail(error: unknown, { terminal, json }: CommandWorld): number {
  const { paint } = terminal
  if (error instanceof StoppedError) {
    if (json) terminal.out(`${JSON.stringify({ error: { code: 'stopped', message: error.message } })}\n`)
    else terminal.err(`${error.message}\n`)
    return exitCodes.stopped
  }
  if (error instanceof RefusedError) {
    const { code, message } = error.refusal
    if (json) terminal.out(`${JSON.stringify({ error: { code, message } })}\n`)
    else terminal.err(`${paint.red(message)}\n`)
    return exitCodes.failed
  }
  if (!(error instanceof AppError || error instanceof ClusterError)) {
    // A bug of ours: the stack is what a report needs.
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
    if (json) terminal.out(`${JSON.stringify({ error: { code: 'bug', message: stack } })}\n`)
    else terminal.err(`${paint.red('This is a bug in fleet. Please report it with this text:')}\n${stack}\n`)
    return exitCodes.failed
  }
  if (json) {
    const { code, message, fix } = error
    terminal.out(`${JSON.stringify({ error: { code, message, fix } })}\n`)
  } else terminal.err(`${paint.red(error.message)}\n${error.fix}\n`)
  return error.code === 'usage' ? exitCodes.usage : exitCodes.failed
}
