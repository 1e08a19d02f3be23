import { setTimeout as sleep } from 'node:timers/promises'
import { AsyncMutex } from '../async-mutex.ts'
import { waitFor } from './wait-for.ts'

/** One that takes longer than this, because packets are lost on the way, no longer holds up the next. */
const slowMs = 1_000
const maxPauseMs = 500

export interface OpeningGate {
  /** Opens a connection when it is its turn. Throws what `connect` or `ready` throws. */
  open<T>(connect: () => Promise<T>): Promise<T>
}

/**
 * Lets connections be opened one after the other, and only while the server is there. A pool that lost all of them asks
 * for all at once, from every instance of the app: a primary that was just promoted, and the proxy before it, would meet
 * hundreds. So one connection looks for the server (`watch.ts`) and the others follow one by one.
 *
 * @param ready resolves when the server takes connections and writes
 */
export function createOpeningGate(ready: () => Promise<void>): OpeningGate {
  const turns = new AsyncMutex()
  let failures = 0
  return {
    async open(connect) {
      const { opened } = await turns.run(async () => {
        await ready()
        // The server answers and this still fails: it has no connection left, say.
        if (failures > 0)
          await sleep(Math.min(maxPauseMs, 25 * 2 ** Math.min(failures, 6)) * (0.5 + Math.random() / 2))
        const opened = connect()
        const settled = opened.then(
          () => (failures = 0),
          () => (failures += 1),
        )
        await waitFor(settled, { timeoutMs: slowMs })
        // In an object, since a promise would be waited for.
        return { opened }
      })
      return opened
    },
  }
}
