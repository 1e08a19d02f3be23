/** An answer to a tracker: what Fastify and the bare server of the OsmAnd port both can send. */
export interface Answer {
  readonly status: number
  /** Null: no body. */
  readonly type: string | null
  readonly body: string
  readonly headers: Readonly<Record<string, string>> | null
}

const plain = 'text/plain; charset=utf-8'

/** One line that a person reads in the log of a phone. */
export function textAnswer(
  status: number,
  line: string,
  headers: Readonly<Record<string, string>> | null = null,
): Answer {
  return { status, type: plain, body: `${line}\n`, headers }
}

/** How long senders are asked to wait: a failover takes seconds, a full queue less than one. */
export const retryAfterS = { busy: 1, unavailable: 2 } as const

export const turnedAwayLine = {
  busy: 'Too many positions wait to be stored: send this again in a moment.',
  unavailable: 'The database is away: send this again in a moment.',
} as const

export function turnedAway(reason: 'busy' | 'unavailable'): Answer {
  return textAnswer(503, turnedAwayLine[reason], { 'Retry-After': String(retryAfterS[reason]) })
}

/** A bug of ours. Not 500: to a phone it must read "keep the fix and send it again". */
export const failedAnswer = textAnswer(503, 'Something went wrong on our side: send this again later.', {
  'Retry-After': '30',
})

export const compressedAnswer = textAnswer(
  415,
  'Compressed bodies are not taken: send it without Content-Encoding.',
)

export function isCompressed(contentEncoding: string | undefined): boolean {
  return contentEncoding !== undefined && contentEncoding !== '' && contentEncoding !== 'identity'
}
