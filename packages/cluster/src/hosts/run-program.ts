import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { StringDecoder } from 'node:string_decoder'
import { ClusterError } from '../cluster-error.ts'

export interface ProgramOptions {
  /** Sent to standard input, which is closed after it; without it there is nothing to read. */
  readonly input?: string
  /** Milliseconds until the program is ended. Infinity by default. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Called for each piece of output as it comes; then the end holds only the last of it, so that hours of log fit in memory. */
  readonly onOutput?: (text: string) => void
}

export interface ProgramEnd {
  /** `exit` is the program's own; `deadline` and `aborted` are ours, and then the exit code says nothing. */
  readonly by: 'exit' | 'deadline' | 'aborted'
  /** 128 + signal when a signal ended it, as shells count. */
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

const killAfterMs = 1_000
const keptOfStreamChars = 256 * 1024
/** setTimeout takes no more. */
const longestMs = 2 ** 31 - 1

/**
 * Runs a program of this machine to its end, in a session of its own: Ctrl-C reaches us alone and we decide, and
 * whatever the program started is ended with it.
 *
 * @param words the program and its arguments
 * @throws ClusterError missing_program when it is not installed
 */
export function runProgram(words: readonly string[], options: ProgramOptions = {}): Promise<ProgramEnd> {
  const [program = '', ...args] = words
  const { input, timeoutMs = Number.POSITIVE_INFINITY, signal, onOutput, env } = options
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      resolve({ by: 'aborted', exitCode: 0, stdout: '', stderr: '' })
      return
    }
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      ...(env ? { env: { ...env } } : {}),
    })
    let by: ProgramEnd['by'] = 'exit'
    let killTimer: NodeJS.Timeout | undefined
    const end = (reason: 'deadline' | 'aborted') => {
      if (by !== 'exit') return
      by = reason
      killGroup(child.pid, 'SIGTERM')
      killTimer = setTimeout(() => killGroup(child.pid, 'SIGKILL'), killAfterMs)
    }
    const onAbort = () => end('aborted')
    signal?.addEventListener('abort', onAbort, { once: true })
    const deadline = timeoutMs <= longestMs ? setTimeout(() => end('deadline'), timeoutMs) : undefined
    const stdout = collect(child.stdout, onOutput)
    const stderr = collect(child.stderr, onOutput)
    // A program that ends without reading its input closes the pipe: its exit code tells, not EPIPE.
    child.stdin.on('error', () => {})
    child.stdin.end(input ?? '')
    const tidy = () => {
      clearTimeout(deadline)
      clearTimeout(killTimer)
      signal?.removeEventListener('abort', onAbort)
    }
    child.on('error', (error: NodeJS.ErrnoException) => {
      tidy()
      reject(
        error.code === 'ENOENT'
          ? new ClusterError('missing_program', `The program ${program} is not installed here.`, {
              cause: error,
            })
          : error,
      )
    })
    // ssh hands its pipes to its kept connection, which holds them until the host has ended the command. Nobody waits
    // for the output of what was given up.
    child.on('exit', () => {
      if (by === 'exit') return
      child.stdout.destroy()
      child.stderr.destroy()
    })
    child.on('close', (code, killedBy) => {
      tidy()
      resolve({
        by,
        exitCode: code ?? 128 + (killedBy ? constants.signals[killedBy] : 0),
        stdout: stdout(),
        stderr: stderr(),
      })
    })
  })
}

function collect(
  stream: NodeJS.ReadableStream,
  onOutput: ((text: string) => void) | undefined,
): () => string {
  // A character's bytes may come in two pieces.
  const decoder = new StringDecoder('utf8')
  const pieces: string[] = []
  let kept = 0
  const take = (text: string) => {
    if (text === '') return
    pieces.push(text)
    kept += text.length
    if (!onOutput) return
    onOutput(text)
    while (kept - (pieces[0]?.length ?? 0) >= keptOfStreamChars) kept -= pieces.shift()!.length
  }
  stream.on('data', (bytes: Buffer) => take(decoder.write(bytes)))
  stream.on('end', () => take(decoder.end()))
  return () => pieces.join('')
}

/** Signals a program that was started `detached`, and all that it started. */
export function killGroup(pid: number | undefined, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // It ended by itself a moment ago.
  }
}
