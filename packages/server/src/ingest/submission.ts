import type { Fix } from '@fleet/domain'
import type { DeviceContact } from '@fleet/store'
import type { DirectoryEntry } from './device-directory.ts'

export const protocols = ['osmand', 'owntracks', 'batch'] as const
export type Protocol = (typeof protocols)[number]

/** What became of one report, as a small number: a batch of 10,000 answers with 10,000 bytes until it is written out. */
export const outcomes = [
  'stored',
  'duplicate',
  'inaccurate',
  'jump',
  'future',
  'spooled',
  'heartbeat',
  'unknown_tracker',
  'too_far_ahead',
  'rejected',
] as const
export type Outcome = (typeof outcomes)[number]

export const outcomeCode = Object.fromEntries(outcomes.map((name, code) => [name, code])) as Readonly<
  Record<Outcome, number>
>

/** How a request ended as a whole. With `busy` nothing was taken; with `unavailable` a part may have been stored. */
export type SubmissionEnd = 'done' | 'busy' | 'unavailable'

/** Whom the fixes of a tracker count for at the moment. */
export type FixOwner = Pick<DirectoryEntry, 'trackerId' | 'deviceNo' | 'bikeNo' | 'courierNo'>

/** Fixes with the owner of each, in parallel arrays. */
export interface OwnedFixes {
  readonly fixes: readonly Fix[]
  readonly owners: readonly FixOwner[]
  readonly heartbeats: readonly DeviceContact[]
}

/**
 * One request's fixes on their way to the disk. Parallel arrays instead of an object and a promise a fix: a request
 * of 10,000 costs three allocations and one promise.
 */
export class Submission implements OwnedFixes {
  readonly protocol: Protocol
  /** One outcome code for each report of the request, in its order. */
  readonly codes: Uint8Array
  readonly fixes: Fix[] = []
  readonly owners: FixOwner[] = []
  /** Where in `codes` the outcome of a fix belongs. */
  readonly slots: number[] = []
  readonly heartbeats: DeviceContact[] = []
  /** What the request weighs in memory, for the bound of the queue. */
  readonly bytes: number
  /** Fixes that a commit has taken already. */
  taken = 0
  failed = false
  readonly ended: Promise<SubmissionEnd>
  readonly #end: (end: SubmissionEnd) => void

  constructor(protocol: Protocol, reports: number, bytes: number) {
    this.protocol = protocol
    this.codes = new Uint8Array(reports)
    this.bytes = bytes
    const { promise, resolve } = Promise.withResolvers<SubmissionEnd>()
    this.ended = promise
    this.#end = resolve
  }

  addFix(fix: Fix, owner: FixOwner, slot: number): void {
    this.fixes.push(fix)
    this.owners.push(owner)
    this.slots.push(slot)
  }

  end(end: SubmissionEnd): void {
    this.#end(end)
  }
}

/** A part of a submission that goes into one commit: fixes `from` to `to` (exclusive). */
export interface Piece<T extends OwnedFixes = OwnedFixes> {
  readonly submission: T
  readonly from: number
  readonly to: number
  /** The heartbeats of a submission go with its first piece. */
  readonly withHeartbeats: boolean
}
