import type { Readable, Writable } from 'node:stream'

type Env = Readonly<Record<string, string | undefined>>
type Stream<T> = T & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number }

/** Where a command reads and writes. Colours and moving lines appear only where a person looks. */
export interface Terminal {
  readonly stdin: Stream<Readable>
  /** The answer; with `--json` nothing but JSON. */
  readonly out: (text: string) => void
  /** Progress, warnings, errors: never part of the answer. */
  readonly err: (text: string) => void
  readonly isOutTty: boolean
  readonly isErrTty: boolean
  /** Width and height at this moment. */
  readonly columns: number
  readonly rows: number
  readonly paint: Paint
}

export interface Paint {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly green: (text: string) => string
  readonly yellow: (text: string) => string
  readonly cyan: (text: string) => string
}

/** @param env `NO_COLOR` with any value turns colours off (https://no-color.org) */
export function createTerminal(
  streams: { stdin: Stream<Readable>; stdout: Stream<Writable>; stderr: Stream<Writable> },
  env: Env,
): Terminal {
  const isOutTty = streams.stdout.isTTY === true
  const isErrTty = streams.stderr.isTTY === true
  return {
    stdin: streams.stdin,
    out: (text) => void streams.stdout.write(text),
    err: (text) => void streams.stderr.write(text),
    isOutTty,
    isErrTty,
    // A terminal that does not know its size says 0.
    get columns() {
      return streams.stdout.columns || streams.stderr.columns || 100
    },
    get rows() {
      return streams.stdout.rows || streams.stderr.rows || 40
    },
    paint: createPaint(isOutTty && isErrTty && !env['NO_COLOR'] && env['TERM'] !== 'dumb'),
  }
}

export function createPaint(colours: boolean): Paint {
  const sgr = (code: number) => (text: string) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text)
  return { bold: sgr(1), dim: sgr(2), red: sgr(31), green: sgr(32), yellow: sgr(33), cyan: sgr(36) }
}
