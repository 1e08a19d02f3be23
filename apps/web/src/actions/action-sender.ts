import { type ApiClient, type CallInput, type CallOutput, type RouteName } from '@fleet/api'
import type { UserId } from '@fleet/domain'
import { backoffMs } from '../live/backoff.ts'
import { maxAgeMs } from '../outbox/outbox.ts'
import { checkAnswer, maxServerBugs, verdictOf } from '../outbox/send-verdict.ts'
import { OwnVersions } from './own-versions.ts'

/** Longer than the server itself goes on trying: two attempts of one request must not wait for each other there. */
const answerWithinMs = 35_000

/** A server that still cannot say who is signed in, after a minute or two, is told: nobody waits for days on a bug. */
const maxQuestionBugs = 20

/** Not sent (any more): nobody is signed in in whose name it may be. */
export class NotSent extends Error {
  override readonly name = 'NotSent'
}

/** It may have been sent so long ago that the server has forgotten its key, and would do it again. */
export class TooOld extends Error {
  override readonly name = 'TooOld'
}

export interface Sending<N extends RouteName> {
  readonly route: N
  readonly input: CallInput<N>
  /** Resolves when the action is on disk, with false when it cannot be there: it is not sent before. */
  readonly kept: Promise<boolean>
  /** Keeps it with another input: what was answered meanwhile has made a newer version of its row. */
  readonly keepAs: (input: CallInput<N>) => Promise<boolean>
  readonly key: string
  /** When it was asked for, epoch ms. */
  readonly atMs: number
}

export interface ActionSenderOptions {
  readonly api: ApiClient
  /** Epoch ms. */
  readonly now: () => number
  /** `unanswered`, `kept` or `unkept` has changed. */
  readonly onCount: () => void
  /** Somebody else is signed in by now: nothing is sent any more until the next `start`. */
  readonly onStranger: (session: CallOutput<'getSession'>) => void
}

/** One that has no answer. */
interface Place {
  readonly atMs: number
  /** As it is sent: under the newest version that is known. */
  input: object
  keepAs(input: object): Promise<boolean>
  /** On disk; null while that is not known. */
  isKept: boolean | null
}

/**
 * Sends requests one after the other, in the order in which they were asked for, each under its one Idempotency-Key until
 * the server has answered, however long it or its database is away: whether or not an earlier attempt arrived, it counts
 * once.
 */
export class ActionSender {
  readonly #options: ActionSenderOptions
  #owner: UserId | null = null
  /** Ends with the owner. */
  #stopping = new AbortController()
  #last: Promise<unknown> = Promise.resolve()
  /** Oldest first. */
  readonly #unanswered = new Set<Place>()
  #endWait: (() => void) | null = null
  #versions = new OwnVersions()

  constructor(options: ActionSenderOptions) {
    this.#options = options
  }

  get unanswered(): number {
    return this.#unanswered.size
  }

  /** So many of those that have no answer are on disk. */
  get kept(): number {
    return [...this.#unanswered].filter(({ isKept }) => isKept === true).length
  }

  /** So many of them are on this page alone: the disk would not take them. */
  get unkept(): number {
    return [...this.#unanswered].filter(({ isKept }) => isKept === false).length
  }

  /** When the oldest that has no answer was asked for, epoch ms; null when there is none. */
  get unansweredSinceMs(): number | null {
    return this.#unanswered.values().next().value?.atMs ?? null
  }

  /** What is sent from now on is sent in this name. */
  start(owner: UserId): void {
    this.#owner = owner
  }

  /** Sends nothing any more of what has no answer. */
  stop(): void {
    this.#owner = null
    this.#stopping.abort()
    this.#stopping = new AbortController()
    this.#last = Promise.resolve()
    this.#versions = new OwnVersions()
  }

  /**
   * @throws ApiError the server's refusal, or that it knows nobody by our cookie (status 401)
   * @throws NotSent
   * @throws TooOld
   */
  send<N extends RouteName>(sending: Sending<N>): Promise<CallOutput<N>> {
    const { signal: stopped } = this.#stopping
    const owner = this.#owner
    const place: Place = { ...sending, isKept: null }
    this.#unanswered.add(place)
    this.#options.onCount()
    void this.#mark(place, sending.kept)
    const sent = this.#last.then(() => this.#send(sending, place, owner, stopped))
    this.#last = sent.then(
      () => undefined,
      () => undefined,
    )
    return sent.finally(() => {
      this.#unanswered.delete(place)
      this.#options.onCount()
    })
  }

  /** The server or its database is back: nobody sits out the rest of a wait, and not all screens come at once. */
  hurry = (): void => {
    const end = this.#endWait
    if (end !== null) setTimeout(end, Math.random() * 500)
  }

  async #send<N extends RouteName>(
    { route, key, atMs, kept }: Sending<N>,
    place: Place,
    owner: UserId | null,
    stopped: AbortSignal,
  ): Promise<CallOutput<N>> {
    const { api, now } = this.#options
    await kept
    await this.#rebase(place)
    const input = place.input as CallInput<N>
    for (let attempt = 0, bugs = 0, questionBugs = 0; ; attempt++) {
      if (stopped.aborted || owner === null) throw new NotSent()
      if (now() - atMs >= maxAgeMs) throw new TooOld()
      let isQuestion = true
      try {
        await this.#checkOwner(owner, stopped)
        isQuestion = false
        const signal = AbortSignal.any([stopped, AbortSignal.timeout(answerWithinMs)])
        const value = await api.call(route, { ...input, idempotencyKey: key, signal })
        checkAnswer(route, value)
        this.#versions.learn(input, value)
        // Before the answer counts: the next page knows no versions but those that are on disk.
        const others = [...this.#unanswered].filter((other) => other !== place)
        await Promise.all(others.map((other) => this.#rebase(other)))
        return value
      } catch (error) {
        if (error instanceof NotSent) throw error
        const verdict = verdictOf(error)
        // A refusal to say who is signed in is none of the action.
        if (isQuestion ? verdict.is === 'signed-out' : verdict.is !== 'later') throw error
        const isBug = verdict.is === 'later' && verdict.bug !== null
        if (isBug && isQuestion && ++questionBugs === maxQuestionBugs) throw error
        if (isBug && !isQuestion && ++bugs === maxServerBugs) throw error
      }
      await this.#wait(backoffMs(attempt, Math.random()), stopped)
    }
  }

  /** Keeps it under the version that answers so far have made of its row. */
  async #rebase(place: Place): Promise<void> {
    const newest = this.#versions.rebase(place.input)
    if (newest === place.input) return
    place.input = newest
    await this.#mark(place, place.keepAs(newest))
  }

  async #mark(place: Place, keeping: Promise<boolean>): Promise<void> {
    place.isKept = await keeping
    this.#options.onCount()
  }

  /** Somebody else may have signed in since, in another tab: nothing is sent in their name. */
  async #checkOwner(owner: UserId, stopped: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([stopped, AbortSignal.timeout(answerWithinMs)])
    const session = await this.#options.api.call('getSession', { signal })
    if (stopped.aborted) throw new NotSent()
    if (session.user.id === owner) return
    this.stop()
    this.#options.onStranger(session)
    throw new NotSent()
  }

  #wait(ms: number, stopped: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer)
        stopped.removeEventListener('abort', end)
        this.#endWait = null
        resolve()
      }
      const timer = setTimeout(end, ms)
      stopped.addEventListener('abort', end)
      this.#endWait = end
    })
  }
}
