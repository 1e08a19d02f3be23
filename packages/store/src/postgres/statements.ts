import { createHash } from 'node:crypto'
import { DatabaseError, type ClientBase } from 'pg'
import { runPipeline, type PipelineProgress, type PipelineStatement, type Row } from './pipeline.ts'
import type { Progress } from './retry.ts'

const tooLate = 'The transaction has ended before this statement was sent'

interface Asked extends PipelineStatement {
  readonly answer: PromiseWithResolvers<readonly Row[]> | null
  /** Of one that takes locks. */
  readonly modes?: readonly LockMode[]
}

export type LockMode = 'shared' | 'exclusive'

/**
 * The statements of one transaction, in few round trips: what nobody waits for goes with the next that somebody waits
 * for, and what is asked for at once goes together.
 *
 * The server carries them out in the order in which they were given here, each with its own snapshot (see `runPipeline`),
 * so a lock that was not waited for is held before the next statement is carried out. What fails is told to all who wait
 * for this round trip, and the transaction is lost.
 */
export class Statements {
  readonly #client: ClientBase
  #waiting: Asked[] = []
  #isScheduled = false
  #isAnswered = false
  #isOver = false

  constructor(client: ClientBase) {
    this.#client = client
  }

  /** Goes with the next that is waited for, at the latest with `commit`. */
  later(text: string, values: readonly unknown[] = []): void {
    if (this.#isOver) throw new Error(tooLate)
    this.#waiting.push({ name: nameOf(text), text, values, answer: null })
  }

  /**
   * Takes the lock of that name until the end; goes like `later`, together with those that are taken right after it.
   *
   * Names that hash alike share a lock: they wait for each other and are otherwise unharmed. An advisory lock assigns no
   * transaction id, so the id follows the order of locks. Nothing else is in the statement: the snapshot of one that also
   * read would be older than the lock, and miss what whoever held it before has written.
   */
  lock(name: string, mode: LockMode): void {
    if (this.#isOver) throw new Error(tooLate)
    const last = this.#waiting.at(-1)
    const isRoom = last?.modes !== undefined && last.modes.length < locksAStatement
    if (isRoom) this.#waiting.pop()
    const modes = isRoom ? [...last.modes, mode] : [mode]
    const values = isRoom ? [...last.values, name] : [name]
    const text = lockText(modes)
    this.#waiting.push({ name: nameOf(text), text, values, answer: null, modes })
  }

  /** Goes at the end of this tick, with all that was given until then. */
  ask(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    if (this.#isOver) return Promise.reject(new Error(tooLate))
    const answer = Promise.withResolvers<readonly Row[]>()
    this.#waiting.push({ name: nameOf(text), text, values, answer })
    if (!this.#isScheduled) {
      this.#isScheduled = true
      // After all promises that can go on have gone on: what they ask for goes along.
      process.nextTick(() => {
        this.#isScheduled = false
        void this.#send(this.#waiting.splice(0))
      })
    }
    return answer.promise
  }

  /** Work of thousands of rows is sent in parts: each has the time limit of a statement, and says that it is alive. */
  async keepShort(): Promise<void> {
    if (this.#waiting.length >= mostWaiting) await this.flush()
  }

  /** Sends what waits, for a client that is used by itself from here on. */
  async flush(): Promise<void> {
    const statements = this.#waiting.splice(0)
    if (statements.length > 0) await this.#send(statements, { rethrow: true })
  }

  /**
   * Sends what waits and COMMIT behind it: an error of any makes the server skip COMMIT.
   *
   * @param progress says that it is committing from when COMMIT was sent; not after an error of what came before it
   */
  async commit(progress: Progress): Promise<void> {
    // One that held its locks before COMMIT was sent is waited for by whoever tries the same again. One that is stuck on
    // the way with all that it is would be carried out after them.
    if (!this.#isAnswered) await this.flush()
    const asked = this.#waiting.splice(0)
    const statements = [...asked, { name: 'COMMIT', text: 'COMMIT', values: [] }]
    const came: PipelineProgress = { done: 0 }
    progress.isCommitting = true
    try {
      const rows = await runPipeline(this.#client, statements, came)
      for (const [index, { answer }] of asked.entries()) answer?.resolve(rows[index]!)
    } catch (error) {
      if (error instanceof DatabaseError && came.done < asked.length) progress.isCommitting = false
      for (const { answer } of asked) answer?.reject(error)
      throw error
    }
    progress.isCommitting = false
    // A transaction that a swallowed error has aborted answers COMMIT with ROLLBACK.
    if (came.tag !== 'COMMIT') throw new Error(`COMMIT was answered with ${came.tag}`)
  }

  /** Nothing more is sent; what somebody still waits for fails. */
  discard(): void {
    this.#isOver = true
    for (const { answer } of this.#waiting.splice(0)) answer?.reject(new Error(tooLate))
  }

  async #send(statements: readonly Asked[], { rethrow = false } = {}): Promise<void> {
    if (statements.length === 0) return
    try {
      const rows = await runPipeline(this.#client, statements)
      this.#isAnswered = true
      for (const [index, { answer }] of statements.entries()) answer?.resolve(rows[index]!)
    } catch (error) {
      for (const { answer } of statements) answer?.reject(error)
      if (rethrow) throw error
    }
  }
}

const mostWaiting = 200
/** Few, so that there are few texts. The server evaluates them in this order. */
const locksAStatement = 4

const lockText = (modes: readonly LockMode[]): string =>
  `SELECT ${modes
    .map(
      (mode, at) =>
        `pg_advisory_xact_lock${mode === 'shared' ? '_shared' : ''}(hashtextextended($${at + 1}, 0))`,
    )
    .join(', ')}`

/** Longer texts are lists of varying length. */
const longestKept = 1_500
/** On one connection, so that the server's memory for them stays small. */
const mostKept = 400
const names = new Map<string, string>()

/** Text that names itself where it can: the server cuts names at 63 characters. Empty for what is not worth keeping. */
function nameOf(text: string): string {
  if (text.length > longestKept) return ''
  let name = names.get(text)
  if (name === undefined) {
    if (names.size === mostKept) return ''
    name = text.length <= 60 ? text : createHash('sha256').update(text).digest('hex').slice(0, 40)
    names.set(text, name)
  }
  return name
}
