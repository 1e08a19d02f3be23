import { type Command, type CommandGroup, commonOptions, type OptionSpec } from './command.ts'
import type { Paint } from './terminal.ts'

/** @param path the words before, `['fleet', 'device']` for `fleet device` */
export function renderGroupHelp(group: CommandGroup, path: readonly string[], paint: Paint): string {
  const width = Math.max(...group.members.map((member) => member.name.length))
  return [
    paint.bold(`${path.join(' ')}: ${group.summary}`),
    '',
    `Usage: ${path.join(' ')} COMMAND [OPTIONS]`,
    '',
    'Commands:',
    ...group.members.map((member) => `  ${member.name.padEnd(width)}  ${member.summary}`),
    '',
    `Help on one command: ${path.join(' ')} COMMAND --help`,
    'Exit codes: 0 done, 1 failed, 2 the command line is wrong, 130 stopped by Ctrl-C.',
  ].join('\n')
}

/** @param path the words before and the command's own name */
export function renderCommandHelp(command: Command, path: readonly string[], paint: Paint): string {
  const usage = [
    ...path,
    ...command.positionals.map(({ name, required }) =>
      required ? name.toUpperCase() : `[${name.toUpperCase()}]`,
    ),
    '[OPTIONS]',
    ...(command.rest ? [`-- ${command.rest.name.toUpperCase()}`] : []),
  ].join(' ')
  const lines = [paint.bold(`${path.join(' ')}: ${command.summary}`), '', `Usage: ${usage}`]
  if (command.description) lines.push('', command.description)
  const words = [...command.positionals, ...(command.rest ? [command.rest] : [])]
  if (words.length > 0)
    lines.push('', 'Arguments:', ...columns(words.map(({ name, summary }) => [name.toUpperCase(), summary])))
  lines.push(
    '',
    'Options:',
    ...columns(
      Object.entries({ ...command.options, ...commonOptions }).map(([name, spec]) => describe(name, spec)),
    ),
  )
  if (command.environment) lines.push('', 'Environment:', ...columns(Object.entries(command.environment)))
  if (command.examples.length > 0)
    lines.push(
      '',
      'Examples:',
      ...command.examples.flatMap(({ line, says }) => [`  ${line}`, paint.dim(`      ${says}`)]),
    )
  return lines.join('\n')
}

function describe(name: string, spec: OptionSpec): readonly [string, string] {
  const value = spec.type === 'boolean' ? '' : ` ${spec.value ?? (spec.type === 'string' ? 'TEXT' : 'N')}`
  const notes = [
    spec.required ? 'required' : '',
    spec.choices ? `one of ${spec.choices.join(', ')}` : '',
    spec.default === undefined || spec.default === false ? '' : `default ${String(spec.default)}`,
    spec.env ? `or ${spec.env}` : '',
  ].filter(Boolean)
  return [
    `${spec.short ? `-${spec.short}, ` : ''}--${name}${value}`,
    spec.summary + (notes.length > 0 ? ` (${notes.join('; ')})` : ''),
  ]
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
}
