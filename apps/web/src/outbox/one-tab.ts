const name = 'fleet-outbox'

/**
 * Runs the work in one tab at a time. Browsers have locks only on pages that came over https or from this machine;
 * elsewhere two tabs may send the same entry, which counts once all the same, by its key.
 */
export const inOneTab = <T>(work: () => Promise<T>): Promise<T> =>
  'locks' in navigator ? navigator.locks.request(name, work) : work()

/** Tells the other tabs that the outbox changed. */
export function openTabChannel(onChanged: () => void): { readonly tell: () => void } {
  const channel = new BroadcastChannel(name)
  channel.addEventListener('message', onChanged)
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no other origin
  return { tell: () => channel.postMessage(null) }
}
