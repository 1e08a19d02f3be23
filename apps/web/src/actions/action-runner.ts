import { type ApiClient, type CallInput, type CallOutput, type Problem, type RouteName } from '@fleet/api'
import type { UserId } from '@fleet/domain'
import i18next from 'i18next'
import type { LiveStore } from '../live/live-store.ts'
import { onReturn } from '../live/on-return.ts'
import { collectionOf, type LiveKind } from '../live/registry.ts'
import { newId } from '../new-id.ts'
import type { ToastStore } from '../toasts/toast-store.ts'
import type { Action, ActionOutcome, Conflict } from './action.ts'
import {
  type ActionJournal,
  changesOf,
  type JournalEntry,
  reverseRows,
  showRows,
  type ShownRow,
} from './action-journal.ts'
import { ActionSender, TooOld } from './action-sender.ts'
import {
  type DoneAction,
  emptyHistory,
  forget,
  recordDone,
  recordRedone,
  recordUndone,
  turned,
  type UndoHistory,
} from './undo-history.ts'
import { isOneStaleRow, isRefusal, refusalDetail } from './refusal.ts'
import { serverWords } from '../i18n/language.ts'

export interface ActionRunnerOptions {
  readonly api: ApiClient
  readonly live: LiveStore
  readonly toasts: ToastStore
  readonly journal: ActionJournal
  /** Epoch ms. */
  readonly now: () => number
  /** Something was changed: lists that were read from the server may be old. */
  readonly onChanged: () => void
  /** In this browser somebody else has signed in, in another tab. */
  readonly onStranger: (session: CallOutput<'getSession'>) => void
}

/**
 * Does what people ask for: shows it at once, sends it under one Idempotency-Key until there is an answer, takes it
 * back with a sentence when it is refused, and remembers it for undo.
 *
 * If the browser or the page ends: before the journal has the action, it was never sent and is lost with the screen that
 * showed it for some milliseconds; until the server's answer, the next page of the same person sends it again under the
 * same key, which counts once; between the answer and its removal from the journal, it is sent once more and answered alike.
 */
export class ActionRunner {
  readonly #options: ActionRunnerOptions
  #history: UndoHistory = emptyHistory
  /** Oldest first: each waits for its own choice. */
  #conflicts: readonly Conflict[] = []
  readonly #sender: ActionSender
  #userId: UserId | null = null
  /** What has no answer yet, oldest first. */
  readonly #pending = new Set<PendingAction>()
  /** Keys of what is being undone or redone, which a second press does not mean, with the key of what does it. */
  readonly #undoing = new Map<string, string>()
  readonly #listeners = new Set<() => void>()

  constructor(options: ActionRunnerOptions) {
    this.#options = options
    const { api, now, onStranger } = options
    this.#sender = new ActionSender({ api, now, onCount: () => this.#tell(), onStranger })
    onReturn(options.live, () => {
      this.#sender.hurry()
      this.sendWhatIsLeft()
    })
  }

  get history(): UndoHistory {
    return this.#history
  }
  /** The conflict that waits for a choice. */
  get conflict(): Conflict | null {
    return this.#conflicts[0] ?? null
  }
  /** How much was asked for, is safe on disk, and has no answer. */
  get waiting(): number {
    return this.#sender.kept
  }
  /** How much was asked for, has no answer, and is on this page alone: this browser would not keep it. */
  get unkept(): number {
    return this.#sender.unkept
  }
  /** Since when the oldest that has no answer waits, epoch ms; null when nothing does. */
  get waitingSinceMs(): number | null {
    return this.#sender.unansweredSinceMs
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** From now on in the name of this person, beginning with what their earlier pages have left. */
  start(userId: UserId): void {
    if (this.#userId === userId) return
    this.stop()
    this.#userId = userId
    this.#options.journal.start()
    this.#sender.start(userId)
    this.sendWhatIsLeft()
  }

  /** Takes over what this person's pages that are gone have left on this device, as soon as one is open that looks. */
  sendWhatIsLeft = (): void => {
    if (this.#userId !== null) void this.#sendWhatIsLeft(this.#userId)
  }

  /** Forgets what was done: the next person to sign in has not done it. What has no answer waits for this one's return. */
  stop(): void {
    this.#userId = null
    this.#sender.stop()
    this.#options.journal.stop()
    this.#history = emptyHistory
    this.#conflicts = []
    this.#pending.clear()
    this.#undoing.clear()
    this.#tell()
  }

  /** Resolves when everything was answered, or when the time is over. */
  settled(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer)
        stop()
        resolve()
      }
      const timer = setTimeout(finish, withinMs)
      const look = () => this.#sender.unanswered === 0 && finish()
      const stop = this.subscribe(look)
      look()
    })
  }

  run = <N extends RouteName>(action: Action<N>): Promise<ActionOutcome<N>> => {
    const { live, now } = this.#options
    const rowOf = (kind: LiveKind, id: string) => live.registry[collectionOf(kind)].get(id)
    const shows = showRows(action.expected ?? [], rowOf)
    const kept = { key: action.key ?? newId(now()), atMs: now(), shows, isAdopted: false }
    return this.#do(action, kept, reverseRows(shows, rowOf))
  }

  /** Takes back the last thing that was done here, or the one under `key`; also what has no answer yet. */
  undo = (key?: string): void => this.#turnLast('undo', key)

  /** Does again what was undone last; also what the server has not undone yet. */
  redo = (): void => this.#turnLast('redo')

  #turnLast(way: 'undo' | 'redo', key?: string): void {
    const { undoable, redoable } = this.#history
    const answered = way === 'undo' ? undoable : redoable
    const pending = [...this.#pending].filter(({ leadsTo }) => leadsTo === way)
    const action = [...answered, ...pending].findLast(
      (done) => !this.#undoing.has(done.key) && (key === undefined || done.key === key),
    )
    if (action !== undefined) void this.#turn(action, way)
  }

  /** @param reverse how its rows look if it is undone before it has an answer */
  async #do<N extends RouteName>(
    action: Action<N>,
    kept: Kept,
    reverse: readonly ShownRow[] = [],
  ): Promise<ActionOutcome<N>> {
    const { live } = this.#options
    const userId = this.#userId
    const { key, shows } = kept
    const takeBack = live.expect(action.expected ?? [])
    const finished = Promise.withResolvers<void>()
    const pending: PendingAction = {
      key,
      done: action.done,
      shows,
      reverse,
      leadsTo: action.undoable === false ? null : 'undo',
      finished: finished.promise,
    }
    // What had been undone before cannot come back on top of it.
    if (pending.leadsTo !== null)
      for (const other of this.#pending) if (other.leadsTo === 'redo') this.#pending.delete(other)
    this.#pending.add(pending)
    try {
      const value = await this.#sendKept(action, kept)
      // Somebody else has signed in meanwhile.
      if (userId !== this.#userId) return { ok: false, problem: null }
      live.confirm(action.answered?.(value) ?? [])
      this.#remember(pending, action.quiet)
      return { ok: true, value, key }
    } catch (error) {
      if (error instanceof TooOld)
        this.#options.toasts.show({
          tone: 'failed',
          text: i18next.t('action.notSent', { done: action.done }),
        })
      // It waits in the journal for this person to sign in again.
      if (!isRefusal(error)) return { ok: false, problem: null }
      // They took it back already: there is nothing to tell, and nothing to choose.
      if (this.#isTakenBack(key)) return { ok: false, problem: null }
      if (isOneStaleRow(error.problem)) {
        // Taken back before the question is asked: the screen shows what the question is about.
        takeBack()
        this.#pending.delete(pending)
        return await this.#resolve(action, key, error.problem)
      }
      this.#options.toasts.show({
        tone: 'failed',
        text: i18next.t('action.refused'),
        detail: refusalDetail(error.problem),
      })
      return { ok: false, problem: error.problem }
    } finally {
      finished.resolve()
      this.#pending.delete(pending)
      takeBack()
      this.#options.onChanged()
    }
  }

  /** Sends what is on disk, and forgets it there once there is an answer. */
  async #sendKept<N extends RouteName>(
    { route, input, done, subject, undoable, quiet, pageOnly }: Action<N>,
    { key, atMs, shows, isAdopted }: Kept,
  ): Promise<CallOutput<N>> {
    const { journal } = this.#options
    const userId = this.#userId
    const put = async (known: CallInput<N>): Promise<boolean> => {
      if (userId === null || pageOnly === true) return false
      const options = {
        ...(subject === undefined ? {} : { subject }),
        ...(undoable === undefined ? {} : { undoable }),
        ...(quiet === undefined ? {} : { quiet }),
      }
      const entry = { key, userId, atMs, route, input: known, done, shows, ...options }
      return journal.put(entry).then(
        () => true,
        // A browser that keeps nothing: it is safe for as long as the page is open.
        () => false,
      )
    }
    const kept = isAdopted ? Promise.resolve(true) : put(input)
    const forgetIt = async () => {
      if (await kept) await journal.remove(key).catch(() => undefined)
    }
    try {
      const value = await this.#sender.send({ route, input, kept, keepAs: put, key, atMs })
      await forgetIt()
      return value
    } catch (error) {
      // A conflict is kept until somebody has chosen.
      const isOver = isRefusal(error) && (!isOneStaleRow(error.problem) || this.#isTakenBack(key))
      if (error instanceof TooOld || isOver) await forgetIt()
      throw error
    }
  }

  async #sendWhatIsLeft(userId: UserId): Promise<void> {
    // A browser that keeps nothing has nothing left.
    const left = await this.#options.journal.adopt(userId).catch(() => [])
    if (this.#userId !== userId) return
    const undone = left.flatMap(({ route, input, key }) =>
      route === 'undo' ? [[undoneKey(input), key] as const] : [],
    )
    for (const [key, by] of undone) this.#undoing.set(key, by)
    const sent = left.map(({ key, atMs, shows, ...action }) => {
      const seen = {
        ...(this.#undoing.has(key) ? { undoable: false } : {}),
        // What the person took back already is neither shown nor told.
        ...(this.#isTakenBack(key) ? {} : { expected: changesOf(shows) }),
      }
      return this.#do({ ...action, ...seen } as Action, { key, atMs, shows, isAdopted: true })
    })
    await Promise.allSettled(sent)
    for (const [key] of undone) this.#undoing.delete(key)
  }

  #remember({ leadsTo, key, done, shows, reverse }: PendingAction, quiet = false): void {
    const undoable = leadsTo !== null
    if (undoable) {
      this.#history = recordDone(this.#history, { key, done, shows, reverse })
      this.#tell()
    }
    if (quiet || this.#undoing.has(key)) return
    this.#options.toasts.show({
      tone: 'done',
      text: done,
      ...(undoable ? { action: { label: i18next.t('action.undo'), run: () => this.undo(key) } } : {}),
    })
  }

  #resolve<N extends RouteName>(action: Action<N>, key: string, problem: Problem): Promise<ActionOutcome<N>> {
    return new Promise((resolve) => {
      const current = problem.current
      const conflict: Conflict = {
        subject: action.subject ?? '',
        done: action.done,
        changedFields: problem.changedFields ?? [],
        current,
        choose: (choice) => {
          this.#conflicts = this.#conflicts.filter((other) => other !== conflict)
          this.#tell()
          void this.#options.journal.remove(key).catch(() => undefined)
          if (choice === 'theirs') resolve({ ok: false, problem })
          else {
            const ifMatch = (current as { version: number }).version
            // Another intent, now that they have seen the row: another key.
            resolve(
              this.run({ ...action, key: newId(this.#options.now()), input: { ...action.input, ifMatch } }),
            )
          }
        },
      }
      this.#conflicts = [...this.#conflicts, conflict]
      this.#tell()
    })
  }

  /** Undoes what was done, or does again what was undone, after everything that was asked for before. */
  async #turn(action: DoneAction | PendingAction, way: 'undo' | 'redo'): Promise<void> {
    const { live, now, toasts } = this.#options
    const key = newId(now())
    const finished = Promise.withResolvers<void>()
    const back = way === 'undo' ? 'redo' : 'undo'
    const pending: PendingAction = { ...turned(action, key), leadsTo: back, finished: finished.promise }
    this.#pending.add(pending)
    // Its own answer comes first: until that of the undo the rows look as they did before either.
    const endReverse = live.expect(changesOf(action.reverse))
    try {
      const isTurned = await this.#takeBack(action, key)
      // The history holds it only then.
      if ('finished' in action) await action.finished
      if (!isTurned) return
      const record = way === 'undo' ? recordUndone : recordRedone
      this.#history = record(this.#history, action.key, key)
      this.#tell()
      if (this.#undoing.has(key)) return
      const { done } = action
      toasts.show({
        tone: 'done',
        text: way === 'undo' ? i18next.t('action.undone', { done }) : done,
        action: {
          label: i18next.t(`action.${back}`),
          run: way === 'undo' ? this.redo : () => this.undo(key),
        },
      })
    } finally {
      finished.resolve()
      this.#pending.delete(pending)
      endReverse()
    }
  }

  /**
   * Undoes what was done under a key, after everything that was asked for before.
   *
   * @param key of the request that does it
   * @returns false when the server would not
   */
  async #takeBack({ key: undone, done, reverse }: DoneAction, key: string): Promise<boolean> {
    const { live, now, onChanged, toasts } = this.#options
    const userId = this.#userId
    this.#undoing.set(undone, key)
    try {
      const undoing = {
        route: 'undo',
        input: { body: { key: undone } },
        done: i18next.t('action.undone', { done }),
        undoable: false,
      } as const
      const kept = { key, atMs: now(), shows: reverse, isAdopted: false }
      const { changes } = await this.#sendKept(undoing, kept)
      if (userId !== this.#userId) return false
      live.confirmChanges(changes)
      return true
    } catch (error) {
      const wasDone = [...this.#history.undoable, ...this.#history.redoable].some(
        (each) => each.key === undone,
      )
      // What was refused needs no undoing.
      if (!isRefusal(error) || !wasDone) return false
      // What was refused once is refused again.
      this.#history = forget(this.#history, undone)
      this.#tell()
      const text = i18next.t('action.notUndone', { done })
      toasts.show({ tone: 'failed', text, detail: serverWords(error.problem.detail) })
      return false
    } finally {
      this.#undoing.delete(undone)
      onChanged()
    }
  }

  /** It is being taken back, and that is not. */
  #isTakenBack(key: string): boolean {
    const by = this.#undoing.get(key)
    return by !== undefined && !this.#isTakenBack(by)
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}

const undoneKey = (input: object): string => (input as CallInput<'undo'>).body.key

interface PendingAction extends DoneAction {
  /** What Ctrl-Z or Ctrl-Shift-Z makes of it before it has an answer; null: nothing can. */
  readonly leadsTo: 'undo' | 'redo' | null
  /** Its answer is in the history. */
  readonly finished: Promise<void>
}

/** What the journal holds beside the action itself. */
type Kept = Pick<JournalEntry, 'key' | 'atMs' | 'shows'> & { readonly isAdopted: boolean }
