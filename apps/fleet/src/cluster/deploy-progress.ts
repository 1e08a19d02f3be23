import type { DeployEvent, OnDeployEvent } from '@fleet/cluster'
import { type CommandWorld, StoppedError } from '../command.ts'

const redrawEveryMs = 100
/** Where lines stay, a step that lasts says so this often. */
const lineEveryMs = 15_000

/** What a deploy, a diff and a destroy want of the command that calls them. */
export interface DeployRun {
  readonly onEvent: OnDeployEvent
  readonly signal: AbortSignal
  readonly nowMs: () => number
  readonly env: CommandWorld['env']
}

/**
 * Does work and shows its steps.
 *
 * @param stopped what is said after Ctrl-C: how to go on
 * @throws StoppedError after Ctrl-C; what `work` throws
 */
export async function withDeployProgress<T>(
  world: CommandWorld,
  stopped: string,
  work: (run: DeployRun) => Promise<T>,
): Promise<T> {
  const progress = createDeployProgress(world)
  const { stop: signal, now: nowMs, env } = world
  try {
    return await work({ onEvent: progress.onEvent, signal, nowMs, env })
  } catch (error) {
    if (signal.aborted) throw new StoppedError(stopped)
    throw error
  } finally {
    progress.end()
  }
}

interface DeployProgress {
  readonly onEvent: OnDeployEvent
  /** Takes the moving line away. */
  end(): void
}

/**
 * The list of tasks with the time each took, on standard error: a line a step that did something, and on a terminal a
 * moving line for the one that runs. With `--json` every event is a line of JSON on standard output instead.
 */
function createDeployProgress(world: CommandWorld): DeployProgress {
  const { terminal, now } = world
  if (world.json)
    return { onEvent: (event) => terminal.out(`${JSON.stringify(event)}\n`), end: () => undefined }

  const { paint, isErrTty } = terminal
  let running: { step: string; name: string; startMs: number; note: string; toldMs: number } | null = null

  const draw = () => {
    if (!running) return
    const line = `  ${seconds(now() - running.startMs)}  ${running.name}${running.note && `  ${running.note}`}`
    terminal.err(`\r${line.slice(0, terminal.columns - 1)}\u001b[K`)
  }
  const tell = () => {
    if (!running || now() - running.toldMs < lineEveryMs) return
    running.toldMs = now()
    const { name, note, startMs } = running
    terminal.err(`… ${seconds(now() - startMs)}  ${name}${note && `: ${note}`}\n`)
  }
  const timer = isErrTty ? setInterval(draw, redrawEveryMs) : setInterval(tell, 1_000)
  const wipe = () => (isErrTty ? terminal.err('\r\u001b[K') : undefined)

  const lineOf = (event: DeployEvent & { type: 'step-done' }): string => {
    const mark = {
      changed: paint.yellow('+'),
      unchanged: paint.green('✓'),
      failed: paint.red('✗'),
      skipped: ' ',
    }[event.outcome]
    const hosts = namesOf(event.outcome === 'changed' ? event.changedHosts : event.hosts)
    const note = event.note === null ? '' : `  ${paint.dim(event.note)}`
    return `${mark} ${seconds(event.durationMs)}  ${event.name}  ${paint.dim(hosts)}${note}\n`
  }

  return {
    onEvent(event) {
      if (event.type === 'plan') {
        wipe()
        for (const line of event.lines) terminal.err(`  ${line}\n`)
      } else if (event.type === 'step-started') {
        running = { step: event.step, name: event.name, startMs: now(), note: '', toldMs: now() }
      } else if (event.type === 'step-note') {
        if (running?.step === event.step) running.note = event.text
      } else if (event.type === 'step-done') {
        running = null
        wipe()
        if (event.outcome !== 'skipped') terminal.err(lineOf(event))
      }
    },
    end() {
      clearInterval(timer)
      running = null
      wipe()
    },
  }
}

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`.padStart(8)

/** `pg-node-1, pg-node-2` or, of many, how many. */
const namesOf = (hosts: readonly string[]) => (hosts.length <= 3 ? hosts.join(', ') : `${hosts.length} hosts`)
