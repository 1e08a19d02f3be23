import type { OperationClock } from '@fleet/cluster'
import type { Json } from '../../history/json-lines.ts'

export interface AppRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly cookie?: string
  readonly body?: Json
  /** One for each intent: sent with every try. */
  readonly idempotencyKey?: string
}

/** How a request ended whose client repeats it until it knows. */
export type Settled =
  | { readonly end: 'done'; readonly body: Json; readonly tries: Tries }
  /** The app said no, and would again. */
  | { readonly end: 'refused'; readonly code: string; readonly detail: string; readonly tries: Tries }
  /** Given up: nobody knows. */
  | { readonly end: 'open'; readonly why: string; readonly tries: Tries }

/** What tries before the last one came to: `503 database_unavailable`, `no connection`, with how often. */
export type Tries = Readonly<Record<string, number>>

/** A browser waits longer for an answer; after so long its person would not. */
const answerTimeoutMs = 30_000
const firstPauseMs = 250
const longestPauseMs = 2_000
/** Try again later: the server's own problems, and its wish for less. */
const isTemporary = (status: number) => status >= 500 || status === 408 || status === 425 || status === 429

/**
 * Sends a request, as a screen or a phone does: unchanged and under the same key, until there is an answer that counts.
 *
 * @param givingUp ends the tries
 */
export async function sendUntilSettled(
  request: AppRequest,
  clock: OperationClock,
  givingUp: AbortSignal,
): Promise<Settled> {
  const tries: Record<string, number> = {}
  let why = 'It was given up before the first try.'
  for (let pauseMs = firstPauseMs; !givingUp.aborted; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    const answer = await tryOnce(request, givingUp)
    if (answer.end !== 'again') return { ...answer, tries }
    why = answer.why
    tries[why] = (tries[why] ?? 0) + 1
    await clock.sleep(pauseMs, givingUp).catch(() => {})
  }
  return { end: 'open', why, tries }
}

type Tried =
  | { readonly end: 'done'; readonly body: Json }
  | { readonly end: 'refused'; readonly code: string; readonly detail: string }
  | { readonly end: 'again'; readonly why: string }

async function tryOnce(request: AppRequest, givingUp: AbortSignal): Promise<Tried> {
  const { method, url, cookie, body, idempotencyKey } = request
  try {
    const response = await fetch(url, {
      method,
      headers: {
        ...(cookie === undefined ? {} : { cookie }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.any([givingUp, AbortSignal.timeout(answerTimeoutMs)]),
    })
    const text = await response.text()
    const answer = parseJson(text)
    if (response.ok) return { end: 'done', body: answer }
    const { code = 'no_code', detail = text } = (answer ?? {}) as { code?: string; detail?: string }
    return isTemporary(response.status)
      ? { end: 'again', why: `${response.status} ${code}` }
      : { end: 'refused', code, detail }
  } catch (error) {
    return { end: 'again', why: reasonOf(error) }
  }
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    return null
  }
}

/** What a try without an answer met: fetch hides the socket's error behind `fetch failed`. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError')
    return `no answer within ${answerTimeoutMs / 1000} s`
  const { cause } = error as { readonly cause?: { readonly code?: string } }
  return cause?.code ?? (error instanceof Error ? error.name : 'no connection')
}
