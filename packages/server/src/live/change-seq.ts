import type { ChangeSeq } from '@fleet/store'

/** Before the first change. */
export const noChange = '0' as ChangeSeq

/** Orders two places in the change log: negative when `a` is before `b`. Decimal text, because it can pass 2^53. */
export function compareSeq(a: ChangeSeq, b: ChangeSeq): number {
  if (a.length !== b.length) return a.length - b.length
  return a < b ? -1 : a > b ? 1 : 0
}

/** A client's text for a place, in the one form that `compareSeq` orders: without leading zeros. */
export function parseChangeSeq(text: string): ChangeSeq {
  return BigInt(text).toString() as ChangeSeq
}
