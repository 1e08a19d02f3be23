/**
 * Where the app says what it does: one event, its fields, one sentence.
 *
 * Fields must never hold a password, a token, a tracker's secret or a whole URL (query strings of trackers name
 * people's devices). A route template is fine.
 */
export interface Log {
  debug(fields: LogFields, message: string): void
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
}

export type LogFields = Readonly<Record<string, unknown>>

export const logLevels = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]

/**
 * A log of JSON lines, for journald and log collectors.
 *
 * @param write takes one line, newline included
 * @param least events below this level are dropped
 */
export function createJsonLog(write: (line: string) => void, now: () => number, least: LogLevel): Log {
  const at = (level: LogLevel) => (fields: LogFields, message: string) => {
    if (logLevels.indexOf(level) < logLevels.indexOf(least)) return
    write(`${JSON.stringify({ time: new Date(now()).toISOString(), level, message, ...readable(fields) })}\n`)
  }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

/** Errors have no enumerable fields: without this they are logged as `{}`. */
function readable(fields: LogFields): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, value instanceof Error ? describe(value) : value]),
  )
}

function describe(error: Error): LogFields {
  const code: unknown = 'code' in error ? error.code : undefined
  return {
    name: error.name,
    message: error.message,
    ...(typeof code === 'string' ? { code } : {}),
    stack: error.stack,
    ...(error.cause instanceof Error ? { cause: describe(error.cause) } : {}),
  }
}
