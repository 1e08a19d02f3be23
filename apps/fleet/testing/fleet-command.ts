import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

export interface FinishedCommand {
  /** Null after a signal that was not handled. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunningCommand {
  readonly finished: Promise<FinishedCommand>
  kill(signal: NodeJS.Signals): void
  /** What it wrote so far. */
  stdout(): string
  stderr(): string
}

/** Starts the real `fleet` in a process of its own, with nothing of the caller's FLEET_ and PG settings. */
export function startCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  stdin = '',
): RunningCommand {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(FLEET_|PG)/.test(name))
  const child = spawn(process.execPath, [join(import.meta.dirname, '../src/main.ts'), ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...Object.fromEntries(inherited), ...env },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  // A command that needs no input may be gone before it is written.
  child.stdin.on('error', () => {})
  child.stdin.end(stdin)
  const killChild = () => child.kill('SIGKILL')
  process.once('exit', killChild)
  return {
    finished: once(child, 'close').then(() => {
      process.off('exit', killChild)
      return { code: child.exitCode, stdout, stderr }
    }),
    kill: (signal) => void child.kill(signal),
    stdout: () => stdout,
    stderr: () => stderr,
  }
}

/** Runs a command to its end. */
export const runCommand = (line: string, env: Readonly<Record<string, string>>, stdin = '') =>
  startCommand(
    (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', '')),
    env,
    stdin,
  ).finished

/** Resolves to the first value that is not null; looks again and again until the deadline. */
export async function until<T>(
  what: string,
  look: () => T | null | Promise<T | null>,
  deadlineMs = 60_000,
): Promise<T> {
  const endMs = Date.now() + deadlineMs
  for (;;) {
    const found = await look()
    if (found !== null) return found
    if (Date.now() > endMs) throw new Error(`waited ${deadlineMs} ms in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
