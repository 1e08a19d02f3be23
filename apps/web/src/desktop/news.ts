import type { AttentionItem } from '@fleet/domain'

/** More than these at once are told as one. */
export const mostAtOnce = 3
/** A matter that comes back after this is a new one. */
const rememberedMs = 24 * 3_600_000

/** From here on something should have been done already. */
const pressing = 50

/** What somebody wants to hear of while they look elsewhere: what is or will be late, and issues that press. */
export const isNews = ({ kind, severity }: AttentionItem): boolean =>
  kind === 'late' || (kind === 'issue' && severity >= pressing)

/** When each matter was told, by its key. */
export type Told = ReadonlyMap<string, number>

export interface News {
  /** Most pressing first; empty when there is nothing to tell. */
  readonly fresh: readonly AttentionItem[]
  /** What counts as told from now on. */
  readonly told: Told
}

/**
 * What of it has not been told yet.
 *
 * @param isOwn whether it came of what this person did: they know, so it counts as told
 */
export function findNews(
  items: readonly AttentionItem[],
  told: Told,
  nowMs: number,
  isOwn: (item: AttentionItem) => boolean,
): News {
  const next = new Map(told)
  const fresh: AttentionItem[] = []
  for (const item of items) {
    if (!isNews(item)) continue
    // Told again and again for as long as it lasts, so that it is forgotten only a day after it has ended.
    if (!next.has(item.key) && !isOwn(item)) fresh.push(item)
    next.set(item.key, nowMs)
  }
  for (const [key, atMs] of next) if (nowMs - atMs > rememberedMs) next.delete(key)
  return { fresh, told: next }
}

/** What counts as told when these could not be: the next look finds them again. */
export function newsAgain(told: Told, failed: readonly AttentionItem[]): Told {
  const next = new Map(told)
  for (const { key } of failed) next.delete(key)
  return next
}

const storageKey = 'fleet-told'

/** What was told before, also by a page that is gone. */
export function readTold(): Told {
  try {
    const stored = JSON.parse(localStorage.getItem(storageKey) ?? '{}') as unknown
    if (typeof stored !== 'object' || stored === null) return new Map()
    return new Map(
      Object.entries(stored).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
    )
  } catch {
    return new Map()
  }
}

export function keepTold(told: Told): void {
  try {
    localStorage.setItem(storageKey, JSON.stringify(Object.fromEntries(told)))
  } catch {
    // Storage may be forbidden: then a page that is loaded again tells once more.
  }
}
