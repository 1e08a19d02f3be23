import type { Operation } from '../history/operation.ts'

/** `unknown`: it can neither be shown to hold nor to be broken. Never taken for `ok`. */
export type Verdict = 'ok' | 'violated' | 'unknown'

/** One thing that is not as it must be. */
export interface Evidence {
  /** A sentence. */
  readonly says: string
  /** What shows it, in the order in which they began. */
  readonly operations: readonly Operation[]
}

/** What a checker says. */
export interface Finding {
  readonly verdict: Verdict
  /** What was looked at, or why nothing can be said: a sentence. */
  readonly says: string
  /** Empty unless violated. */
  readonly evidence: readonly Evidence[]
}

export const holds = (says: string): Finding => ({ verdict: 'ok', says, evidence: [] })
export const unknown = (says: string): Finding => ({ verdict: 'unknown', says, evidence: [] })

/** Violated when there is evidence, else `says` holds. */
export const unlessBroken = (evidence: readonly Evidence[], says: string): Finding =>
  evidence.length === 0 ? holds(says) : { verdict: 'violated', says: countOf(evidence), evidence }

const countOf = ({ length }: readonly Evidence[]) => `${length} ${length === 1 ? 'violation' : 'violations'}`

/** One broken promise breaks the whole; what is not known leaves the whole unknown; nothing checked is not known. */
export function combine(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('violated')) return 'violated'
  return verdicts.length === 0 || verdicts.includes('unknown') ? 'unknown' : 'ok'
}
