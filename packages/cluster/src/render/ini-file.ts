import { fileHeader } from './file-header.ts'

/** One `[name]` of a file and its lines; a key may come twice. */
export interface IniSection {
  readonly name: string
  readonly entries: readonly (readonly [key: string, value: string | number])[]
}

/**
 * The text of a file in sections of `key=value`: systemd's units (systemd.syntax(7)) and pgBackRest's configuration.
 *
 * @throws Error when a value holds a line break, which would begin a key of its own: a bug of ours, as the spec was checked
 */
export function renderIni(sections: readonly IniSection[]): string {
  const blocks = sections.map(({ name, entries }) =>
    [`[${name}]`, ...entries.map(([key, value]) => `${key}=${oneLine(key, String(value))}`)].join('\n'),
  )
  return `${[fileHeader, ...blocks].join('\n\n')}\n`
}

function oneLine(key: string, value: string): string {
  if (/[\r\n]/.test(value)) throw new Error(`The value of ${key} has a line break.`)
  return value
}
