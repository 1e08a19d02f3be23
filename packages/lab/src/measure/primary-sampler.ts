import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Lab, MachineState } from '../lab-state.ts'
import { onMachine } from '../machine.ts'

/** What one node said of itself. */
export interface PrimarySample {
  readonly node: string
  /** By the clock that all machines of a lab share. */
  readonly atMs: number
  /** PostgreSQL takes writes: it is not in recovery. */
  readonly writable: boolean
}

export interface PrimarySampler {
  stop(): Promise<readonly PrimarySample[]>
}

const everyMs = 200
const retryMs = 500
/** Asked on the machine itself, so that no network and no proxy stands between. */
const question = `SELECT round(extract(epoch FROM clock_timestamp()) * 1000), pg_is_in_recovery()`
const ask = [
  'runuser',
  '--user=postgres',
  '--',
  'psql',
  '--no-psqlrc',
  '--no-align',
  '--tuples-only',
  '--dbname=postgres',
  '--quiet',
]

/** Asks every database node, several times a second, whether it takes writes. */
export function startPrimarySampler(lab: Lab): PrimarySampler {
  const samples: PrimarySample[] = []
  const stop = new AbortController()
  const nodes = lab.state.machines.filter(({ roles }) => roles.includes('postgresql'))
  const done = Promise.all(
    nodes.map(async (node) => {
      while (!stop.signal.aborted) {
        await sampleUntilItEnds(lab, node, stop.signal, (sample) => samples.push(sample))
        await pauseUnless(stop.signal, retryMs)
      }
    }),
  )
  return {
    async stop() {
      stop.abort()
      await done
      return samples
    },
  }
}

/** One psql that is asked again and again; it ends with its server or its machine. */
async function sampleUntilItEnds(
  lab: Lab,
  node: MachineState,
  signal: AbortSignal,
  onSample: (sample: PrimarySample) => void,
): Promise<void> {
  let words: readonly string[]
  try {
    words = onMachine(lab, node, ask)
  } catch {
    // The machine is off: a node that is off takes no writes.
    return
  }
  const child = spawn(words[0]!, words.slice(1), { stdio: ['pipe', 'pipe', 'ignore'] })
  const ended = new Promise<void>((resolve) => {
    child.on('error', () => resolve())
    child.on('close', () => resolve())
  })
  child.stdin.on('error', () => {})
  // Asked from here each time: psql ends by itself when its input does, wherever the machine's processes are.
  const timer = setInterval(() => child.stdin.write(`${question};\n`), everyMs)
  const finish = () => {
    clearInterval(timer)
    child.stdin.end()
  }
  signal.addEventListener('abort', finish, { once: true })
  for await (const line of createInterface({ input: child.stdout })) {
    const match = /^(\d+)\|([tf])$/.exec(line)
    if (match) onSample({ node: node.name, atMs: Number(match[1]), writable: match[2] === 'f' })
  }
  await ended
  finish()
  signal.removeEventListener('abort', finish)
}

/**
 * Two nodes that took writes at one time, proven: one said so before and after the moment at which another did.
 *
 * @returns each pair once, with the first such moment
 */
export function findTwoPrimaries(
  samples: readonly PrimarySample[],
): readonly { readonly nodes: readonly [string, string]; readonly atMs: number }[] {
  const found = new Map<string, { nodes: readonly [string, string]; atMs: number }>()
  for (const [start, end] of writableSpans(samples))
    for (const { node, atMs, writable } of samples)
      if (writable && node !== start.node && atMs >= start.atMs && atMs <= end.atMs) {
        const nodes = [start.node, node].sort() as [string, string]
        const known = found.get(nodes.join())
        if (!known || atMs < known.atMs) found.set(nodes.join(), { nodes, atMs })
      }
  return [...found.values()]
}

/** Neighbouring samples of one node that both say writable. */
function writableSpans(
  samples: readonly PrimarySample[],
): readonly (readonly [PrimarySample, PrimarySample])[] {
  const spans: [PrimarySample, PrimarySample][] = []
  for (const node of new Set(samples.map((sample) => sample.node))) {
    const own = samples.filter((sample) => sample.node === node).sort((a, b) => a.atMs - b.atMs)
    for (const [index, sample] of own.entries()) {
      const before = own[index - 1]
      if (before?.writable && sample.writable) spans.push([before, sample])
    }
  }
  return spans
}

const pauseUnless = (signal: AbortSignal, ms: number) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        resolve()
      },
      { once: true },
    )
  })
