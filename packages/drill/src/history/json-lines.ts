import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { ClusterError } from '@fleet/cluster/error'

/** A value as JSON holds it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** A file of JSON values, one a line, that only grows. */
export interface JsonLinesWriter {
  append(value: object): void
  close(): void
}

/**
 * Opens a file to append to; what is there stays.
 *
 * Each line is handed to the kernel before `append` returns. If this process dies after that, the line is there; if it
 * dies within, the last line is torn, and reading says so. If the machine loses its power, lines of the last
 * seconds may be missing: nothing is synced, since a history of a lost machine proves nothing anyway.
 */
export function openJsonLines(file: string): JsonLinesWriter {
  const descriptor = openSync(file, 'a', 0o600)
  return {
    append: (value) => void writeSync(descriptor, `${JSON.stringify(value)}\n`),
    close: () => closeSync(descriptor),
  }
}

export interface JsonLines {
  readonly lines: readonly unknown[]
  /** The writer died in the middle of its last line, which is left out. */
  readonly torn: boolean
}

/** @throws ClusterError drill_failed when a line in the middle is no JSON: somebody changed the file */
export function readJsonLines(file: string): JsonLines {
  const pieces = readFileSync(file, 'utf8').split('\n')
  const torn = pieces.pop() !== ''
  const lines = pieces.map((line, index) => {
    try {
      return JSON.parse(line) as unknown
    } catch (cause) {
      throw new ClusterError('drill_failed', `${file}:${index + 1} is not JSON: it was changed by hand.`, {
        cause,
        fix: 'Run the drill again: what was changed proves nothing.',
      })
    }
  })
  return { lines, torn }
}
