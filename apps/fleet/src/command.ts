import type { Terminal } from './terminal.ts'

/** One `--option` of a command. */
export interface OptionSpec {
  readonly type: 'string' | 'boolean' | 'integer' | 'number'
  readonly summary: string
  /** What stands for the value in the help: `--bike CODE`. */
  readonly value?: string
  readonly short?: string
  readonly default?: string | number | boolean
  /** The environment variable that gives the value when the option is not there. */
  readonly env?: string
  readonly choices?: readonly string[]
  readonly min?: number
  readonly max?: number
  readonly required?: boolean
}

/** One argument that is known by its place. */
export interface PositionalSpec {
  readonly name: string
  readonly summary: string
  readonly required: boolean
}

export interface Example {
  readonly line: string
  readonly says: string
}

type Options = Readonly<Record<string, OptionSpec>>
type Positionals = readonly PositionalSpec[]

interface ValueOf {
  string: string
  boolean: boolean
  integer: number
  number: number
}
type Present<O extends OptionSpec> = O extends { required: true } | { default: string | number | boolean }
  ? true
  : O['type'] extends 'boolean'
    ? true
    : false
/** A boolean that is not given is false; any other option without a default is null. */
export type OptionValues<O extends Options> = {
  readonly [K in keyof O]: Present<O[K]> extends true ? ValueOf[O[K]['type']] : ValueOf[O[K]['type']] | null
}
export type PositionalValues<P extends Positionals> = {
  readonly [S in P[number] as S['name']]: S['required'] extends true ? string : string | null
}

/** What a handler may touch of the world: tests give their own. */
export interface CommandWorld {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly terminal: Terminal
  /** `--json` was given: standard output holds JSON only. */
  readonly json: boolean
  readonly now: () => number
  readonly randomBytes: (count: number) => Uint8Array
  /** Aborted by Ctrl-C or SIGTERM. */
  readonly stop: AbortSignal
}

/** What a command says at its end: `data` with `--json`, else `text`. */
export interface CommandResult {
  /** undefined: another program that the command ran has answered in its place. */
  readonly data: unknown
  readonly text: string
  /**
   * 0 unless told otherwise: 1 means that the command ran and its answer is a failure, 2 a worse one, 130 that Ctrl-C
   * ended it. A command that runs another program ends as that one did.
   */
  readonly exitCode?: number
}

export interface CommandInput<O extends Options, P extends Positionals> {
  readonly options: OptionValues<O>
  readonly positionals: PositionalValues<P>
  /** What follows `--`, for a command with `rest`; else empty. */
  readonly rest: readonly string[]
}

/** A command is data plus a handler; help, parsing and suggestions read the data. */
export interface Command<O extends Options = Options, P extends Positionals = Positionals> {
  readonly kind: 'command'
  readonly name: string
  readonly summary: string
  /** More than the summary, for `--help`. */
  readonly description?: string
  readonly options: O
  readonly positionals: P
  /** Words after `--` that are another program's: `-- CMD ...`. */
  readonly rest?: PositionalSpec
  readonly examples: readonly Example[]
  /** Variables that the command reads besides those of its options, for `--help`. */
  readonly environment?: Readonly<Record<string, string>>
  /** Null: the command has said all that it had to say while it ran. */
  // A method, so that a command with narrower values is still a Command.
  run(input: CommandInput<O, P>, world: CommandWorld): Promise<CommandResult | null>
}

export interface CommandGroup {
  readonly kind: 'group'
  readonly name: string
  readonly summary: string
  readonly members: readonly CommandNode[]
}

export type CommandNode = Command | CommandGroup

export function defineCommand<const O extends Options, const P extends Positionals>(
  definition: Omit<Command<O, P>, 'kind'>,
): Command {
  return { kind: 'command', ...definition } as unknown as Command
}

export function defineGroup(name: string, summary: string, members: readonly CommandNode[]): CommandGroup {
  return { kind: 'group', name, summary, members }
}

/** Options that every command has. */
export const commonOptions = {
  help: { type: 'boolean', short: 'h', summary: 'Show this help' },
  json: { type: 'boolean', summary: 'Write JSON to standard output, for programs' },
} as const satisfies Options

/** Thrown by a handler that Ctrl-C ended before its work was done. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError'
}
