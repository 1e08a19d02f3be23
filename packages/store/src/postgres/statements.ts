import { createHash } from 'node:crypto'
import { DatabaseError, type ClientBase } from 'pg'
import { runPipeline, type PipelineProgress, type PipelineStatement, type Row } from './pipeline.ts'
import type { Progress } from './retry.ts'

const tooLate = 'The transaction has ended before this statement was sent'

interface Asked extends PipelineStatement {
  readonly answer: PromiseWithResolvers<readonly Row[]> | null
}

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

  /** How many statements have not been sent. */
  get waiting(): number {
    return this.#waiting.length
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
