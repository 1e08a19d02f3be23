import type { Operation } from '../history/operation.ts'
import { type Evidence, type Finding, unknown, unlessBroken } from './finding.ts'

/** A change as a reader got it: its place in the log, and which version of which row it brought (`key`). */
interface Place {
  readonly seq: string
  readonly version: number
}

/** Rows by key with their version, as a reader that begins anew gets them all at once. */
export interface FeedSnapshot {
  readonly seq: string
  readonly versions: Readonly<Record<string, number>>
}

const placeOf = ({ answer }: Operation) => answer as unknown as Place
const snapshotOf = ({ answer }: Operation) => answer as unknown as FeedSnapshot

/** Who read, and what may lack in a picture that they were given. */
export interface FeedReaders {
  /** As many as there must be: of one that recorded nothing nothing is known. */
  readonly count: number
  /** Rows that came to their end, with when the first command was begun that may have ended them. */
  readonly endedFromMs: ReadonlyMap<string, number>
}

/**
 * Each reader (process) got every change once and in order: `change` operations with ascending places, and versions of a
 * row one after another. A `snapshot` stands for every change up to its place: it has each row that the reader knew, in
 * that version or a later one, unless the row came to its end.
 */
export function checkFeedOrder(feed: readonly Operation[], expected: FeedReaders): Finding {
  const readers = Map.groupBy(feed, ({ process }) => process)
  const evidence: Evidence[] = []
  let changes = 0
  for (const own of readers.values()) {
    const found = checkReader(own, expected.endedFromMs)
    evidence.push(...found.evidence)
    changes += found.changes
  }
  const doubt = whyUnread(readers, expected.count)
  if (evidence.length === 0 && doubt !== null) return unknown(doubt)
  return unlessBroken(evidence, `${changes} changes came to ${readers.size} readers, in order, each once.`)
}

type Readers = ReadonlyMap<string, readonly Operation[]>

/** @returns a sentence when not every reader got changes */
function whyUnread(readers: Readers, wanted: number): string | null {
  if (readers.size < wanted) return `${readers.size} of ${wanted} readers got anything.`
  const idle = [...readers].find(([, own]) => !own.some(({ kind }) => kind === 'change'))
  if (idle) return `${idle[0]} got no change.`
  return readers.size === 0 ? 'There was no reader.' : null
}

/** What one reader got, in order. */
function checkReader(
  own: readonly Operation[],
  endedFromMs: ReadonlyMap<string, number>,
): { readonly evidence: readonly Evidence[]; readonly changes: number } {
  const evidence: Evidence[] = []
  let changes = 0
  let last: Operation | null = null
  let lastSeq = -1n
  let newest = new Map<string, Operation>()
  for (const operation of own) {
    const reader = operation.process
    const shown = last ? [last, operation] : [operation]
    if (operation.kind === 'snapshot') {
      const { seq, versions } = snapshotOf(operation)
      if (BigInt(seq) < lastSeq)
        evidence.push({
          says: `${reader} was at ${lastSeq} and was given a picture of ${seq}.`,
          operations: shown,
        })
      evidence.push(...findLacking(operation, newest, endedFromMs))
      lastSeq = BigInt(seq)
      last = operation
      newest = new Map(Object.keys(versions).map((key) => [key, operation]))
      continue
    }
    if (operation.kind !== 'change') continue
    changes += 1
    const { seq, version } = placeOf(operation)
    if (BigInt(seq) <= lastSeq)
      evidence.push({
        says:
          BigInt(seq) === lastSeq
            ? `${reader} got the change ${seq} twice.`
            : `${reader} got the change ${seq} after ${lastSeq}.`,
        operations: shown,
      })
    const before = newest.get(operation.key)
    const versionBefore = before ? versionOf(before, operation.key) : 0
    if (before && version !== versionBefore + 1)
      evidence.push({
        says: `${reader} got version ${version} of ${operation.key} after version ${versionBefore}.`,
        operations: [before, operation],
      })
    newest.set(operation.key, operation)
    lastSeq = BigInt(seq) > lastSeq ? BigInt(seq) : lastSeq
    last = operation
  }
  return { evidence, changes }
}

/** Rows that a reader knew, and which a picture lacks or shows as they were before. */
function findLacking(
  snapshot: Operation,
  newest: ReadonlyMap<string, Operation>,
  endedFromMs: ReadonlyMap<string, number>,
): readonly Evidence[] {
  const { versions } = snapshotOf(snapshot)
  return [...newest].flatMap(([key, known]) => {
    if (!isInPictures(key)) return []
    const had = versionOf(known, key)
    const has = versions[key]
    if (has === undefined ? mayHaveEnded(key, snapshot, endedFromMs) : has >= had) return []
    const says = `${snapshot.process} knew version ${had} of ${key} and was given a picture with ${has === undefined ? 'no such row' : `version ${has}`}.`
    return [{ says, operations: [known, snapshot] }]
  })
}

/** Of other rows the pictures that are recorded hold nothing. */
const isInPictures = (key: string) => key.startsWith('delivery ')

const mayHaveEnded = (key: string, { endMs }: Operation, endedFromMs: ReadonlyMap<string, number>) =>
  (endedFromMs.get(key) ?? Infinity) <= (endMs ?? Infinity)

const versionOf = (operation: Operation, key: string): number =>
  operation.kind === 'snapshot' ? (snapshotOf(operation).versions[key] ?? 0) : placeOf(operation).version

/**
 * Every acknowledged command reached every reader: `answer` of a command names the row and its version, as
 * `{row, version}`. It came as a change, or a snapshot has the row in that version or a later one. A snapshot holds what
 * still matters: a row that came to its end before need not be in it.
 */
export function checkFeedComplete(
  feed: readonly Operation[],
  commands: readonly Operation[],
  { count, endedFromMs }: FeedReaders,
): Finding {
  const readers = Map.groupBy(feed, ({ process }) => process)
  const results = commands.flatMap((operation) => {
    const answer = operation.answer as { row?: string; version?: number } | null
    return operation.outcome === 'ok' && answer?.row !== undefined && answer.version !== undefined
      ? [{ operation, row: answer.row, version: answer.version }]
      : []
  })
  if (results.length === 0) return unknown('No command was acknowledged.')
  const evidence: Evidence[] = []
  for (const [reader, own] of readers) {
    const changes = new Set(
      own
        .filter(({ kind }) => kind === 'change')
        .map((operation) => `${operation.key} ${placeOf(operation).version}`),
    )
    const snapshots = own.filter(({ kind }) => kind === 'snapshot')
    const isPictured = (command: Operation, row: string, version: number) =>
      snapshots.some((snapshot) => {
        const shown = snapshotOf(snapshot).versions[row]
        if (shown !== undefined) return shown >= version
        return command.startMs <= (snapshot.endMs ?? Infinity) && mayHaveEnded(row, snapshot, endedFromMs)
      })
    for (const { operation, row, version } of results)
      if (!changes.has(`${row} ${version}`) && !isPictured(operation, row, version))
        evidence.push({ says: `${reader} never got version ${version} of ${row}.`, operations: [operation] })
  }
  const doubt = whyUnread(readers, count)
  if (evidence.length === 0 && doubt !== null) return unknown(doubt)
  return unlessBroken(evidence, `${results.length} acknowledged commands reached ${readers.size} readers.`)
}
