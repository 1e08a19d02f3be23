import { findTwoPrimaries } from '@fleet/lab'
import type { NodeSample } from '../history/observations.ts'
import { largest } from '../largest.ts'
import { inSeconds } from '../seconds.ts'
import { type Finding, unknown, unlessBroken } from './finding.ts'

/** A stretch of time. */
export interface Term {
  readonly fromMs: number
  readonly toMs: number
}

/** When what is said of nodes counts, and when one cannot say anything. */
export interface Watch {
  /** From the first fault until the clients stopped. */
  readonly during: Term
  /** By node, when it was off or frozen: what does not run takes no writes. */
  readonly away: ReadonlyMap<string, readonly Term[]>
}

/** With fewer answers of a node nobody can say what it took itself for. */
const fewestSamples = 10
/** A PostgreSQL that starts anew is silent meanwhile: up to 28 s on a busy machine. Who is silent longer may do anything. */
const longestSilenceMs = 40_000

/**
 * Never two nodes that would acknowledge a write at one time. Proven only: one node says so before and after a moment
 * in which another says so; what lies between two answers counts for nobody.
 *
 * @param nodes all database nodes
 * @param watch null when the drill did not get as far
 */
export function checkOnePrimary(
  samples: readonly NodeSample[],
  nodes: readonly string[],
  watch: Watch | null,
): Finding {
  const evidence = findTwoPrimaries(samples).map(({ nodes: [one, other], atMs }) => ({
    says: `${one} and ${other} both took writes ${inSeconds(atMs)} after the beginning.`,
    operations: [],
  }))
  const doubt = nodes.length === 0 ? 'No node is known.' : whyNotKnown(samples, nodes, watch)
  if (evidence.length === 0 && doubt !== null) return unknown(doubt)
  const lonely = samples.filter((sample) => sample.primary && !sample.writable).length
  return unlessBroken(
    evidence,
    `${samples.length} answers of ${nodes.length} nodes show one primary at a time; ${lonely} came from one whose commits nobody would acknowledge.`,
  )
}

/** @returns a sentence when a node was asked too little; null when each was asked enough */
function whyNotKnown(
  samples: readonly NodeSample[],
  nodes: readonly string[],
  watch: Watch | null,
): string | null {
  if (watch === null) return 'The drill did not get as far as its end.'
  const { during, away } = watch
  for (const node of nodes) {
    const awayNow = away.get(node) ?? []
    const answers = samples.filter((sample) => sample.node === node)
    const counted = answers.filter(
      ({ askedMs, answeredMs }) => askedMs >= during.fromMs && answeredMs <= during.toMs,
    )
    const isAwayAllTime = awayNow.some(({ fromMs, toMs }) => fromMs <= during.fromMs && toMs >= during.toMs)
    if (counted.length < fewestSamples && !isAwayAllTime)
      return `Too few answers came from ${node} from the first fault on: ${counted.length}.`
    const silenceMs = longestSilence(answers, during, awayNow)
    if (silenceMs > longestSilenceMs)
      return `${node} said nothing for ${inSeconds(silenceMs)}, and was neither off nor frozen.`
  }
  return null
}

/** Between two answers, without the time in which a node was away. */
function longestSilence(answers: readonly NodeSample[], during: Term, away: readonly Term[]): number {
  // One that took long says something of one moment only.
  const heard = answers.map(({ answeredMs }) => ({ fromMs: answeredMs, toMs: answeredMs }))
  const known = [...heard, ...away]
    .filter(({ fromMs, toMs }) => toMs >= during.fromMs && fromMs <= during.toMs)
    .sort((a, b) => a.fromMs - b.fromMs)
  let untilMs = during.fromMs
  const silences = [...known, { fromMs: during.toMs, toMs: during.toMs }].map(({ fromMs, toMs }) => {
    const silenceMs = fromMs - untilMs
    untilMs = Math.max(untilMs, toMs)
    return silenceMs
  })
  return largest(silences, 0)
}
