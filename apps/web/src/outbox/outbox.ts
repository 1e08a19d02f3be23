import type { ApiClient, Problem, RouteName } from '@fleet/api'
import type { UserId } from '@fleet/domain'
import { backoffMs } from '../live/backoff.ts'
import { newId } from '../new-id.ts'
import { type Intent, keyOf, type OutboxEntry, type OutboxRequest } from './outbox-entry.ts'
import type { OutboxStore } from './outbox-store.ts'
import { checkAnswer, isUnsettled, maxServerBugs, type SendVerdict, verdictOf } from './send-verdict.ts'

export interface OutboxOptions {
  readonly store: OutboxStore
  readonly api: ApiClient
  /** Epoch ms. */
  readonly now: () => number
  /** Runs work in one tab at a time. */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>
  /** Tells other tabs that something changed. */
  readonly tellOthers: () => void
}

/** In whose name things are sent. */
export interface OutboxOwner {
  readonly userId: UserId
  /** What the server answered; an entry is there until this has resolved. */
  readonly onAnswered: (route: RouteName, value: unknown) => Promise<void>
}

export interface OutboxView {
  /** The owner's, oldest first. */
  readonly entries: readonly OutboxEntry[]
  readonly state: 'resting' | 'sending' | 'unreachable' | 'signed-out'
}

/** A photo over a weak network takes its time. */
const answerWithinMs = 30_000
/** The server knows a key for seven days from when it first came; after that the same request would count again. */
export const maxAgeMs = 6 * 86_400_000

/**
 * Keeps what people did until the server has done it, and sends it once, in order.
 *
 * If the process dies, by line:
 * - before `store.add` resolved: nothing was said to be done, and nothing is;
 * - after it: the entry is sent when the app is opened again;
 * - after `triedAtMs` was written and before the answer: it is sent again under the same key, and the server answers what it
 *   answered then, whether or not the first one arrived;
 * - after the answer, before `onAnswered` resolved or the entry was removed: the same;
 * - after it was removed: what the screen kept has the answered row.
 *
 * A refusal stays an entry until a person has read it.
 */
export class Outbox {
  readonly #options: OutboxOptions
  #owner: OutboxOwner | null = null
  #view: OutboxView = { entries: [], state: 'resting' }
  #sending = false
  #wanted = false
  #attempt = 0
  #failures = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  /** How often the server failed at an entry, by its number. */
  readonly #bugs = new Map<number, number>()
  readonly #listeners = new Set<() => void>()

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  get view(): OutboxView {
    return this.#view
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Shows and sends what this person did, from now on.
   *
   * @returns ends it; what waits goes on waiting
   */
  start(owner: OutboxOwner): () => void {
    this.#owner = owner
    this.send()
    return () => {
      if (this.#owner !== owner) return
      this.#owner = null
      clearTimeout(this.#timer)
      this.#show({ entries: [], state: 'resting' })
    }
  }

  /**
   * Takes an intent. It will be done, or a person will read why not.
   *
   * @returns its key, once it is on disk
   * @throws DOMException when this browser keeps nothing or has no room: then nothing was taken
   */
  async accept(intent: Intent): Promise<string> {
    const owner = this.#owner
    if (owner === null) throw new Error('An outbox without an owner takes nothing')
    const { store, now } = this.#options
    const { done, requests, shows } = intent
    await store.add({
      done,
      requests,
      shows,
      userId: owner.userId,
      atMs: now(),
      triedAtMs: null,
      problem: null,
    })
    await this.#changed()
    this.send()
    return keyOf(intent)
  }

  /**
   * Takes back what was done under `key`: forgets it when it was never sent or was refused, else asks the server to.
   *
   * @param undoing what that is called, and how rows look then
   */
  async undo(key: string, undoing: Pick<Intent, 'done' | 'shows'>): Promise<void> {
    const entry = this.#view.entries.find((each) => keyOf(each) === key)
    let forgotten = false
    if (entry !== undefined)
      await this.#options.store.change(entry.no, (now) => {
        forgotten = now.triedAtMs === null || (now.problem !== null && !isUnsettled(now.problem))
        return forgotten ? null : now
      })
    if (forgotten) await this.#changed()
    else
      await this.accept({
        ...undoing,
        requests: [{ route: 'undo', input: { body: { key } }, key: this.newId() }],
      })
  }

  /**
   * Sends a refused entry again: what was in its way may be gone. Under new keys, for under the old ones the server would
   * repeat its refusal; which also says that nothing was done under them, but for a photo, which its own id keeps single.
   * Where it may have been done, the keys stay.
   */
  async retry(no: number): Promise<void> {
    await this.#options.store.change(no, (entry) => {
      if (entry.problem !== null && isUnsettled(entry.problem)) return { ...entry, problem: null }
      const requests = entry.requests.map((request) => ({ ...request, key: this.newId() }))
      return { ...entry, requests: requests as [OutboxRequest], triedAtMs: null, problem: null }
    })
    await this.#changed()
    this.send()
  }

  /** Forgets a refused entry: a person has read it. */
  async discard(no: number): Promise<void> {
    await this.#options.store.change(no, (entry) => (entry.problem === null ? entry : null))
    await this.#changed()
  }

  /** @returns what came of it; `waiting` once a try failed, or when there is no answer within that time */
  settled(key: string, withinMs: number): Promise<'done' | 'waiting' | OutboxEntry> {
    return new Promise((resolve) => {
      const failures = this.#failures
      const look = () => {
        const entry = this.#view.entries.find((each) => keyOf(each) === key)
        if (entry === undefined) finish('done')
        else if (entry.problem !== null) finish(entry)
        else if (this.#failures > failures) finish('waiting')
      }
      const finish = (outcome: 'done' | 'waiting' | OutboxEntry) => {
        stop()
        clearTimeout(timer)
        resolve(outcome)
      }
      const timer = setTimeout(() => finish('waiting'), withinMs)
      const stop = this.subscribe(look)
      look()
    })
  }

  /** Another tab changed something. */
  refresh = async (): Promise<void> => {
    await this.#read()
  }

  /** Sends what waits, now. */
  send = (): void => {
    this.#wanted = true
    if (this.#sending) return
    this.#sending = true
    void this.#run()
  }

  newId = <Id extends string = string>(): Id => newId<Id>(this.#options.now())

  async #run(): Promise<void> {
    clearTimeout(this.#timer)
    while (this.#wanted) {
      this.#wanted = false
      try {
        await this.#options.alone(() => this.#sendAll())
      } catch (error) {
        console.error(error)
        this.#later()
      }
    }
    this.#sending = false
  }

  async #sendAll(): Promise<void> {
    const owner = this.#owner
    let asked = false
    for (;;) {
      const next = (await this.#read()).find(({ problem }) => problem === null)
      if (owner === null || owner !== this.#owner) return
      if (next === undefined) {
        this.#attempt = 0
        this.#show({ state: 'resting' })
        return
      }
      this.#show({ state: 'sending' })
      if (!asked && !(await this.#isSignedIn(owner))) return
      asked = true
      const verdict = await this.#sendEntry(next, owner)
      await this.#changed()
      if (verdict.is === 'signed-out') {
        this.#show({ state: 'signed-out' })
        return
      }
      if (verdict.is === 'later') {
        this.#later()
        return
      }
      this.#attempt = 0
    }
  }

  /** Somebody else may have signed in since, in another tab: nothing is sent in their name. */
  async #isSignedIn(owner: OutboxOwner): Promise<boolean> {
    try {
      const { user } = await this.#options.api.call('getSession', {
        signal: AbortSignal.timeout(answerWithinMs),
      })
      if (user.id === owner.userId) return true
    } catch (error) {
      if (verdictOf(error).is !== 'signed-out') {
        this.#later()
        return false
      }
    }
    this.#show({ state: 'signed-out' })
    return false
  }

  async #sendEntry({ no }: OutboxEntry, owner: OutboxOwner): Promise<SendVerdict> {
    const { store, api, now } = this.#options
    const nowMs = now()
    const entry = await store.change(no, (before) => ({ ...before, triedAtMs: before.triedAtMs ?? nowMs }))
    // Taken back meanwhile.
    if (entry === null) return { is: 'done' }
    if (nowMs - (entry.triedAtMs ?? nowMs) >= maxAgeMs) return this.#refuse(entry, tooOld)
    try {
      for (const request of entry.requests) {
        const { route, key } = request
        // Route and input are of one kind: the type of a request says so, and is lost in a union.
        const input = { ...request.input, idempotencyKey: key, signal: AbortSignal.timeout(answerWithinMs) }
        const value: unknown = await api.call<RouteName>(route, input as never)
        checkAnswer(route, value)
        await owner.onAnswered(route, value)
      }
    } catch (error) {
      const verdict = verdictOf(error)
      if (verdict.is === 'refused') return this.#refuse(entry, verdict.problem)
      if (verdict.is === 'signed-out' || verdict.bug === null) return verdict
      const bugs = (this.#bugs.get(no) ?? 0) + 1
      this.#bugs.set(no, bugs)
      return bugs < maxServerBugs ? verdict : this.#refuse(entry, verdict.bug)
    }
    this.#bugs.delete(no)
    await store.change(no, () => null)
    return { is: 'done' }
  }

  /** Keeps the refusal to be read; where it was to be undone anyway, the two of them are nothing. */
  async #refuse(entry: OutboxEntry, problem: Problem): Promise<SendVerdict> {
    const { store } = this.#options
    this.#bugs.delete(entry.no)
    const undo = (await this.#read()).find((each) => undoneKey(each) === keyOf(entry))
    if (undo === undefined || isUnsettled(problem))
      await store.change(entry.no, (before) => ({ ...before, problem }))
    else for (const { no } of [undo, entry]) await store.change(no, () => null)
    return { is: 'refused', problem }
  }

  #later(): void {
    this.#failures++
    this.#show({ state: 'unreachable' })
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.send, backoffMs(this.#attempt++, Math.random()))
  }

  async #changed(): Promise<void> {
    await this.#read()
    this.#options.tellOthers()
  }

  async #read(): Promise<readonly OutboxEntry[]> {
    const all = await this.#options.store.all()
    const entries = all.filter(({ userId }) => userId === this.#owner?.userId)
    this.#show({ entries })
    return entries
  }

  #show(part: Partial<OutboxView>): void {
    this.#view = { ...this.#view, ...part }
    for (const listener of this.#listeners) listener()
  }
}

const tooOld: Problem = { type: 'about:blank', title: 'Too old', status: 0, detail: '', code: 'too_old' }

function undoneKey({ requests: [request] }: OutboxEntry): string | null {
  return request.route === 'undo' ? request.input.body.key : null
}
