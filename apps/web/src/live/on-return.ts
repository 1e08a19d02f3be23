import type { LiveStore } from './live-store.ts'

/**
 * Calls `work` whenever the server and its database are there again after either was away.
 *
 * @returns ends it
 */
export function onReturn(live: Pick<LiveStore, 'connection' | 'subscribe'>, work: () => void): () => void {
  const isHere = () => live.connection.state === 'live' && live.connection.database.state === 'fine'
  let wasHere = isHere()
  return live.subscribe('connection', () => {
    const isHereNow = isHere()
    if (isHereNow && !wasHere) work()
    wasHere = isHereNow
  })
}
