import { randomBytes } from 'node:crypto'
import { exitCodes, runCli } from './cli.ts'
import { commands } from './commands/index.ts'
import { createTerminal } from './terminal.ts'

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    // The second time somebody means it.
    if (stop.signal.aborted) process.exit(exitCodes.stopped)
    stop.abort()
  })

// A pager or `head` that has seen enough closes the pipe: that is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.ok)
  throw error
})

process.exitCode = await runCli(commands, process.argv.slice(2), {
  env: process.env,
  terminal: createTerminal(process, process.env),
  now: Date.now,
  randomBytes,
  stop: stop.signal,
})
