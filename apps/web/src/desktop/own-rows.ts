import type { LiveStore } from '../live/live-store.ts'

/** How long after somebody changed a row what comes of it is theirs. */
const ownMs = 60_000

/**
 * Remembers which deliveries and issues were changed at this screen: those changes are shown at once, all others when
 * they come.
 */
export function watchOwnRows(live: LiveStore, now: () => number) {
  const changedAtMs = new Map<string, number>()
  let before = live.registry
  let snapshotNo = live.snapshotNo
  const stop = live.subscribe('registry', (urgent) => {
    const { registry } = live
    // A new picture of everything is nobody's doing.
    if (urgent && snapshotNo === live.snapshotNo)
      for (const name of ['deliveries', 'issues'] as const)
        for (const [id, row] of registry[name]) if (before[name].get(id) !== row) changedAtMs.set(id, now())
    before = registry
    snapshotNo = live.snapshotNo
  })
  return {
    stop,
    has: (id: string | null): boolean => id !== null && now() - (changedAtMs.get(id) ?? -Infinity) < ownMs,
  }
}
