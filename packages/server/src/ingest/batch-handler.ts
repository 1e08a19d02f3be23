import type { FixFlag } from '@fleet/domain'
import { HttpProblem, type ProblemCode } from '../http/problem.ts'
import { parsePositionBatch, type TrackerRefusalStatus } from '../trackers/index.ts'
import { type Answer, retryAfterS, turnedAwayLine } from './answer.ts'
import type { Ingest } from './ingest.ts'
import { outcomes, type Outcome } from './submission.ts'

/** The largest body of a batch: 10,000 items of 800 bytes. */
export const maxBatchBytes = 8 * 1024 * 1024

/**
 * One item of the answer, as JSON: `{"result":"stored"}`, `{"result":"duplicate"}`, `{"result":"accepted"}` (durable
 * on this machine while the database is away; whether it is a repeat shows when it is stored),
 * `{"result":"flagged","reason":"jump"}` (stored, but it does not move the marker), or
 * `{"result":"rejected","reason":"Item 3: …"}` (not stored; sending it again does not help until it is mended).
 */
export type BatchItemAnswer =
  | { readonly result: 'stored' | 'duplicate' | 'accepted' }
  | { readonly result: 'flagged'; readonly reason: FixFlag }
  | { readonly result: 'rejected'; readonly reason: string }

/** The answer to a batch. */
export interface BatchAnswer {
  readonly stored: number
  readonly duplicate: number
  readonly accepted: number
  readonly flagged: number
  readonly rejected: number
  /** In the order of the items. With `?results=errors` only those that were flagged or rejected, each with `item`, counted from 1. */
  readonly results: readonly (BatchItemAnswer & { readonly item?: number })[]
}

/**
 * A batch of positions. There is no password: whoever knows a tracker's id can send its fixes, as in the OsmAnd
 * protocol.
 *
 * 200: every item has its result, and what is not `rejected` is durable. 400, 413, 415: the body as
 * a whole cannot be read. 503: send all of it again; what was stored already is then answered `duplicate`.
 */
export async function answerBatch(
  ingest: Ingest,
  contentType: string | undefined,
  body: Buffer,
  onlyErrors: boolean,
): Promise<Answer> {
  const parsed = parsePositionBatch(contentType, body)
  if (!parsed.ok) {
    ingest.refusals.refused('batch', parsed.trackerId, parsed.message)
    return problemAnswer(problemCodes[parsed.status], parsed.message)
  }
  const { items } = parsed
  const reports = items.map((item) => (item.ok ? item.report : null))
  // In memory an item is about as large as its JSON.
  const { end, codes } = await ingest.submit('batch', reports, body.length * 2)
  if (end !== 'done')
    return problemAnswer(
      end === 'busy' ? 'busy' : 'database_unavailable',
      turnedAwayLine[end],
      retryAfterS[end],
    )
  const reasonOf = (index: number): string => {
    const item = items[index]!
    if (!item.ok) return item.message
    const { trackerId } = item.report
    return outcomes[codes[index]!] === 'unknown_tracker'
      ? `Item ${index + 1}: no tracker ${JSON.stringify(trackerId)} is registered.`
      : `Item ${index + 1}: the time is more than two days ahead of the server's clock.`
  }
  return {
    status: 200,
    type: 'application/json; charset=utf-8',
    body: writeResults(codes, onlyErrors, reasonOf),
    headers: null,
  }
}

/** Constant JSON for all outcomes that need no sentence: a batch of 10,000 is answered by joining constants. */
const itemJson: Readonly<Record<Outcome, string | null>> = {
  stored: '"result":"stored"}',
  duplicate: '"result":"duplicate"}',
  inaccurate: '"result":"flagged","reason":"inaccurate"}',
  jump: '"result":"flagged","reason":"jump"}',
  future: '"result":"flagged","reason":"future"}',
  spooled: '"result":"accepted"}',
  // A batch has no heartbeats: its parser asks for lat and lon.
  heartbeat: '"result":"stored"}',
  unknown_tracker: null,
  too_far_ahead: null,
  rejected: null,
}
const jsonByCode = outcomes.map((outcome) => itemJson[outcome])
const classes = ['stored', 'duplicate', 'accepted', 'flagged', 'rejected'] as const
const firstError = classes.indexOf('flagged')
const classByCode = outcomes.map((outcome) => {
  const json = itemJson[outcome]
  return classes.findIndex(
    (name) => name === (json === null ? 'rejected' : /"result":"(\w+)"/.exec(json)![1]),
  )
})

function writeResults(codes: Uint8Array, onlyErrors: boolean, reasonOf: (index: number) => string): string {
  const counts = classes.map(() => 0)
  let list = ''
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!
    const itemClass = classByCode[code]!
    counts[itemClass]! += 1
    if (onlyErrors && itemClass < firstError) continue
    if (list !== '') list += ','
    list += onlyErrors ? `{"item":${i + 1},` : '{'
    list += jsonByCode[code] ?? `"result":"rejected","reason":${JSON.stringify(reasonOf(i))}}`
  }
  const totals = classes.map((name, i) => `"${name}":${counts[i]}`).join(',')
  return `{${totals},"results":[${list}]}`
}

const problemCodes: Readonly<Record<TrackerRefusalStatus, ProblemCode>> = {
  400: 'malformed_request',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  422: 'invalid_request',
}

export function problemAnswer(code: ProblemCode, detail: string, afterS?: number): Answer {
  const { problem } = new HttpProblem(code, detail)
  return {
    status: problem.status,
    type: 'application/problem+json',
    body: JSON.stringify(problem),
    headers: afterS === undefined ? null : { 'Retry-After': String(afterS) },
  }
}
