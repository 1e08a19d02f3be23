import type { NodeSample, StatusSample } from '../history/observations.ts'
import type { NodeBelief, StatusBelief, Stretch } from './report.ts'

/** A node from which nothing came for so long is silent. */
const silentAfterMs = 2_500

/** What each node took itself for, over time. */
export function nodeBeliefs(
  samples: readonly NodeSample[],
  nodes: readonly string[],
  endMs: number,
): readonly { readonly node: string; readonly said: readonly Stretch<NodeBelief>[] }[] {
  return nodes.map((node) => ({
    node,
    said: joinAnswers(
      samples
        .filter((sample) => sample.node === node)
        .map(({ answeredMs, primary, writable }) => ({
          atMs: answeredMs,
          said: !primary ? 'standby' : writable ? 'primary' : 'lonely primary',
        })),
      endMs,
    ),
  }))
}

/** Answers to stretches: one holds until the next, and where none comes there is silence. */
function joinAnswers(
  answers: readonly { readonly atMs: number; readonly said: NodeBelief }[],
  endMs: number,
): readonly Stretch<NodeBelief>[] {
  const sorted = [...answers].sort((a, b) => a.atMs - b.atMs)
  const stretches: Stretch<NodeBelief>[] = []
  let knownUntilMs = 0
  const add = (fromMs: number, toMs: number, said: NodeBelief) => {
    const last = stretches.at(-1)
    if (toMs <= fromMs) return
    if (last?.said === said) stretches[stretches.length - 1] = { ...last, toMs }
    else stretches.push({ fromMs, toMs, said })
  }
  for (const [index, { atMs, said }] of sorted.entries()) {
    if (atMs - knownUntilMs > 0) add(knownUntilMs, atMs, 'silent')
    const nextMs = sorted[index + 1]?.atMs ?? endMs
    knownUntilMs = nextMs - atMs > silentAfterMs ? atMs + 1 : nextMs
    add(atMs, knownUntilMs, said)
  }
  add(knownUntilMs, endMs, 'silent')
  return stretches
}

/** What status said, over time: each answer holds until the next one. */
export function statusBeliefs(
  samples: readonly StatusSample[],
  endMs: number,
): readonly Stretch<StatusBelief>[] {
  const stretches: Stretch<StatusBelief>[] = []
  for (const [index, { answeredMs, level }] of samples.entries()) {
    const last = stretches.at(-1)
    const toMs = samples[index + 1]?.answeredMs ?? endMs
    if (last?.said === level) stretches[stretches.length - 1] = { ...last, toMs }
    else stretches.push({ fromMs: answeredMs, toMs, said: level })
  }
  return stretches
}
