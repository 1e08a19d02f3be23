import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setPriority } from 'node:os'
import { createInterface } from 'node:readline'

/** A program of Debian that ended otherwise than it should. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError'
  /** What it said last. */
  readonly said: string

  constructor(program: string, ending: string, said: string) {
    super(`${program} ended with ${ending}: ${said || 'it said nothing'}`)
    this.said = said
  }
}

export interface RunProgram {
  readonly stop: AbortSignal
  /** Told each line of standard output; else it is kept. A carriage return ends a line, too: progress is drawn so. */
  readonly onLine?: (line: string) => void
  /** Told whatever it says, on either stream, as it comes. */
  readonly onText?: (text: string) => void
}

const keptChars = 4_000

/**
 * Runs a program to its end, behind everything else that wants the processor: the app may be serving people meanwhile.
 *
 * @returns its standard output, unless `onLine` took it
 * @throws ProgramError; the reason of `stop` when that ended it
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  { stop, onLine, onText }: RunProgram,
): Promise<string> {
  stop.throwIfAborted()
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  })
  const closed = once(child, 'close')
  // A program that could not be started rejects this one first.
  closed.catch(() => {})
  const kill = () => child.kill('SIGTERM')
  stop.addEventListener('abort', kill)
  try {
    if (child.pid !== undefined) lowerPriority(child.pid)
    let out = ''
    let said = ''
    const keep = (text: string) => {
      said = (said + text).slice(-keptChars)
      onText?.(text)
    }
    child.stderr.setEncoding('utf8').on('data', keep)
    let failure: { readonly error: unknown } | null = null
    if (onLine)
      createInterface({ input: child.stdout, crlfDelay: Infinity }).on('line', (line) => {
        if (failure !== null) return
        try {
          onLine(line)
        } catch (error) {
          failure = { error }
          kill()
        }
      })
    else
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        out += text
        keep(text)
      })
    const [code, signal] = (await closed) as [number | null, NodeJS.Signals | null]
    stop.throwIfAborted()
    rethrow(failure)
    if (code !== 0) throw new ProgramError(program, signal ?? `code ${code}`, lastLines(said))
    return out
  } finally {
    stop.removeEventListener('abort', kill)
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  }
}

function rethrow(failure: { readonly error: unknown } | null): void {
  if (failure !== null) throw failure.error
}

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, 10)
  } catch {
    // It has ended already, or the system does not let us: then it runs as it is.
  }
}

/** The last lines that say something, without drawn progress. */
function lastLines(said: string): string {
  return said
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/%|writing tile|\d+\/\d+\s*$/.test(line))
    .slice(-3)
    .join(' ')
}
