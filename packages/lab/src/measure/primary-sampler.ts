import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Lab, MachineState } from '../lab-state.ts'
import { onMachine } from '../machine.ts'

/** What one node said of itself. It was so at some moment between the question and the answer, epoch milliseconds. */
export interface PrimarySample {
  readonly node: string
  readonly askedMs: number
  readonly answeredMs: number
  /** PostgreSQL takes writes: it is not in recovery. */
  readonly writable: boolean
  /** And a commit would be acknowledged: a standby that counts for it streams, or none has to. */
  readonly acknowledges: boolean
}

export interface PrimarySampler {
  stop(): Promise<readonly PrimarySample[]>
}

const everyMs = 200
const retryMs = 500
/** Asked on the machine itself, so that no network and no proxy stands between. */
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

/** The question to a node, as SQL; it is answered with the time at which it was asked. */
export const primaryQuestion = (askedMs: number): string => `
  SELECT ${askedMs}, NOT pg_is_in_recovery(), NOT pg_is_in_recovery() AND (
    current_setting('synchronous_standby_names') = ''
    OR EXISTS (SELECT FROM pg_stat_replication WHERE state = 'streaming' AND sync_state IN ('sync', 'quorum')));
`

/** @param line of psql, unaligned and without a header; null when it is no answer */
export function parsePrimaryAnswer(node: string, line: string, answeredMs: number): PrimarySample | null {
  const [, askedMs, writable, acknowledges] = /^(\d+)\|([tf])\|([tf])$/.exec(line) ?? []
  if (askedMs === undefined) return null
  return {
    node,
    askedMs: Number(askedMs),
    answeredMs,
    writable: writable === 't',
    acknowledges: acknowledges === 't',
  }
}

/** Asks every database node, several times a second, whether it takes writes. */
export function startPrimarySampler(
  lab: Lab,
  onSample: (sample: PrimarySample) => void = () => {},
): PrimarySampler {
  const samples: PrimarySample[] = []
  const stop = new AbortController()
  const nodes = lab.state.machines.filter(({ roles }) => roles.includes('postgresql'))
  const done = Promise.all(
    nodes.map(async (node) => {
      while (!stop.signal.aborted) {
        await sampleUntilItEnds(lab, node, stop.signal, (sample) => {
          samples.push(sample)
          onSample(sample)
        })
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
  const timer = setInterval(() => child.stdin.write(primaryQuestion(Date.now())), everyMs)
  const finish = () => {
    clearInterval(timer)
    child.stdin.end()
  }
  signal.addEventListener('abort', finish, { once: true })
  for await (const line of createInterface({ input: child.stdout })) {
    const sample = parsePrimaryAnswer(node.name, line, Date.now())
    if (sample) onSample(sample)
  }
  await ended
  finish()
  signal.removeEventListener('abort', finish)
}

/** What is needed to prove it. */
export type WritableSample = Pick<PrimarySample, 'node' | 'askedMs' | 'answeredMs' | 'writable'>

/**
 * Two nodes that took writes at one time, proven: one said so before and after the moment at which another did.
 *
 * @returns each pair once, with the first such moment
 */
export function findTwoPrimaries(
  samples: readonly WritableSample[],
): readonly { readonly nodes: readonly [string, string]; readonly atMs: number }[] {
  const found = new Map<string, { nodes: readonly [string, string]; atMs: number }>()
  for (const [start, end] of writableSpans(samples))
    for (const { node, askedMs, answeredMs, writable } of samples)
      if (writable && node !== start.node && askedMs >= start.answeredMs && answeredMs <= end.askedMs) {
        const nodes = [start.node, node].sort() as [string, string]
        const known = found.get(nodes.join())
        if (!known || askedMs < known.atMs) found.set(nodes.join(), { nodes, atMs: askedMs })
      }
  return [...found.values()]
}

/** Neighbouring samples of one node that both say writable. */
function writableSpans(
  samples: readonly WritableSample[],
): readonly (readonly [WritableSample, WritableSample])[] {
  const spans: [WritableSample, WritableSample][] = []
  for (const node of new Set(samples.map((sample) => sample.node))) {
    const own = samples.filter((sample) => sample.node === node).sort((a, b) => a.askedMs - b.askedMs)
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
