import type { ChangeMessage } from '@fleet/api'

interface Versioned {
  readonly params?: { readonly id?: string }
  readonly ifMatch?: number
}

/**
 * The versions that one's own changes made of rows. What was asked for before the answer came names the version from before
 * it; that is no conflict with somebody else.
 */
export class OwnVersions {
  readonly #next = new Map<string, number>()

  /** @param answer to the request with this input */
  learn(input: Versioned, answer: unknown): void {
    // An undo says which rows it wrote, and refuses those that somebody else has changed since.
    const { changes } = (answer ?? {}) as { readonly changes?: readonly ChangeMessage[] }
    for (const change of changes ?? []) this.#next.set(`${change.id}/${change.version - 1}`, change.version)
    const id = input.params?.id
    const row = answer as { readonly id?: unknown; readonly version?: unknown } | undefined
    if (id === undefined || row?.id !== id || typeof row.version !== 'number') return
    // What names no version, like a comment, has made one of the one before.
    const before = input.ifMatch ?? row.version - 1
    if (row.version > before) this.#next.set(`${id}/${before}`, row.version)
  }

  /** @returns the same input when there is nothing newer */
  rebase<T extends Versioned>(input: T): T {
    const id = input.params?.id
    if (id === undefined || input.ifMatch === undefined) return input
    let version = input.ifMatch
    for (;;) {
      const next = this.#next.get(`${id}/${version}`)
      if (next === undefined) break
      version = next
    }
    return version === input.ifMatch ? input : { ...input, ifMatch: version }
  }
}
