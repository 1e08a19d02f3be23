import { createJsonLog, type Log, type LogFields, type LogLevel, logLevels } from '@fleet/server'
import type { Paint } from './terminal.ts'

/**
 * A log for people: time, level when it matters, sentence, then the fields.
 *
 * @param write takes one line, newline included
 */
export function createTextLog(
  write: (line: string) => void,
  now: () => number,
  least: LogLevel,
  paint: Paint,
): Log {
  const colour = { debug: paint.dim, info: (text: string) => text, warn: paint.yellow, error: paint.red }
  const at = (level: LogLevel) => (fields: LogFields, message: string) => {
    if (logLevels.indexOf(level) < logLevels.indexOf(least)) return
    const time = new Date(now()).toTimeString().slice(0, 8)
    const label = level === 'info' ? '' : `${level}: `
    const { error, ...rest } = fields
    const details = Object.entries(rest).map(([name, value]) => ` ${name}=${short(value)}`)
    const stack = error === undefined ? '' : `\n${indent(describe(error))}`
    write(`${paint.dim(time)} ${colour[level](label + message)}${paint.dim(details.join(''))}${stack}\n`)
  }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

export { createJsonLog, type Log, type LogLevel, logLevels }

const short = (value: unknown) => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
  return /\s/.test(text) ? JSON.stringify(text) : text
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return short(error)
  // What a person can mend needs no stack; everything else does.
  return 'fix' in error ? `${error.message} ${String(error.fix)}` : (error.stack ?? error.message)
}

const indent = (text: string) => text.replaceAll(/^/gm, '         ')
