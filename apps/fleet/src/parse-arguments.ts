import { parseArgs } from 'node:util'
import { nearestWord } from '@fleet/cluster/nearest-word'
import { type Command, commonOptions, type OptionSpec } from './command.ts'

export type ParsedArguments =
  | { readonly help: true; readonly json: boolean }
  | {
      readonly help: false
      readonly json: boolean
      readonly options: Readonly<Record<string, string | number | boolean | null>>
      readonly positionals: Readonly<Record<string, string | null>>
      readonly rest: readonly string[]
    }
  /** Every problem at once, each a sentence. */
  | { readonly problems: readonly string[]; readonly json: boolean }

type Env = Readonly<Record<string, string | undefined>>

/** Reads what was typed after the command's name, and the variables that stand for options. */
export function parseArguments(command: Command, args: readonly string[], env: Env): ParsedArguments {
  const specs: Readonly<Record<string, OptionSpec>> = { ...command.options, ...commonOptions }
  const end = command.rest ? args.indexOf('--') : -1
  const own = end < 0 ? args : args.slice(0, end)
  const rest = end < 0 ? [] : args.slice(end + 1)
  const { tokens } = parseArgs({
    args: [...own],
    options: Object.fromEntries(
      Object.entries(specs).map(([name, spec]) => [
        name,
        {
          type: spec.type === 'boolean' ? ('boolean' as const) : ('string' as const),
          ...(spec.short ? { short: spec.short } : {}),
        },
      ]),
    ),
    // Not strict: parseArgs would stop at the first problem, in words that suggest nothing.
    strict: false,
    tokens: true,
  })
  const problems: string[] = []
  const typed = new Map<string, string | true>()
  const words: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value)
    if (token.kind !== 'option') continue
    const spec = specs[token.name]
    if (!spec) problems.push(unknownOption(token.rawName, Object.keys(specs)))
    else if (spec.type === 'boolean' && token.value !== undefined)
      problems.push(`--${token.name} takes no value.`)
    else if (spec.type !== 'boolean' && token.value === undefined)
      problems.push(`--${token.name} needs a value: ${spec.summary.toLowerCase()}.`)
    // Not inline and it looks like an option: the value was forgotten, and the next option would be swallowed.
    else if (spec.type !== 'boolean' && !token.inlineValue && /^--[a-z]/.test(token.value ?? ''))
      problems.push(`--${token.name} needs a value before ${token.value}.`)
    else if (typed.has(token.name)) problems.push(`--${token.name} is given twice.`)
    else typed.set(token.name, token.value ?? true)
  }
  const json = typed.get('json') === true
  if (typed.get('help') === true) return { help: true, json }

  const options: Record<string, string | number | boolean | null> = {}
  for (const [name, spec] of Object.entries(command.options)) {
    const value = readOption(name, spec, typed.get(name), env)
    if ('problem' in value) problems.push(value.problem)
    else options[name] = value.value
  }
  const positionals: Record<string, string | null> = {}
  for (const [index, spec] of command.positionals.entries()) {
    positionals[spec.name] = words[index] ?? null
    if (spec.required && words[index] === undefined)
      problems.push(`${spec.name.toUpperCase()} is missing: ${spec.summary.toLowerCase()}.`)
  }
  if (command.rest?.required && rest.length === 0)
    problems.push(`-- ${command.rest.name.toUpperCase()} is missing: ${command.rest.summary.toLowerCase()}.`)
  for (const word of words.slice(command.positionals.length))
    problems.push(`"${word}" is one argument too many.`)
  return problems.length > 0 ? { problems, json } : { help: false, json, options, positionals, rest }
}

function unknownOption(rawName: string, known: readonly string[]): string {
  const meant = nearestWord(rawName.replace(/^-+/, ''), known)
  return `There is no option ${rawName}.${meant ? ` Did you mean --${meant}?` : ''}`
}

type Read = { readonly value: string | number | boolean | null } | { readonly problem: string }

function readOption(name: string, spec: OptionSpec, typed: string | true | undefined, env: Env): Read {
  const fromEnv = spec.env ? env[spec.env] : undefined
  const label = typed === undefined && fromEnv ? spec.env! : `--${name}`
  const text = typed ?? (fromEnv || undefined)
  if (text === undefined) {
    if (spec.required) return { problem: `--${name} is missing: ${spec.summary.toLowerCase()}.` }
    return { value: spec.default ?? (spec.type === 'boolean' ? false : null) }
  }
  if (spec.type === 'boolean') return { value: text === true || /^(1|true|yes|on)$/i.test(text) }
  if (text === true) return { problem: `--${name} needs a value.` }
  if (spec.type === 'string') {
    if (spec.choices && !spec.choices.includes(text)) {
      const meant = nearestWord(text, spec.choices)
      return {
        problem: `${label} is "${text}": give one of ${spec.choices.join(', ')}.${meant ? ` Did you mean ${meant}?` : ''}`,
      }
    }
    return { value: text }
  }
  const number = text.trim() === '' ? Number.NaN : Number(text)
  const { min = -Infinity, max = Infinity } = spec
  if (
    !Number.isFinite(number) ||
    number < min ||
    number > max ||
    (spec.type === 'integer' && !Number.isInteger(number))
  )
    return { problem: `${label} is "${text}": give ${describeRange(spec)}.` }
  return { value: number }
}

function describeRange({ type, min, max }: OptionSpec): string {
  const noun = type === 'integer' ? 'a whole number' : 'a number'
  if (min !== undefined && max !== undefined) return `${noun} from ${min} to ${max}`
  if (min !== undefined) return `${noun} of at least ${min}`
  return max === undefined ? noun : `${noun} of at most ${max}`
}
