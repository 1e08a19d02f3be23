import { PassThrough, type Readable } from 'node:stream'
import type { CourierId, Delivery } from '@fleet/domain'
import type { Change } from '@fleet/store'

/** A line that means nothing, so often: proxies cut connections that are silent for longer. */
const aliveIntervalMs = 15_000
/** Some hundred messages: who has not read those comes back and reads the day. */
const maxWaitingBytes = 4_096

/**
 * Tells couriers' phones that something of theirs changed. What it is they read themselves, and what they miss they
 * find out with their next read: nothing is kept for them here.
 */
export interface CourierNews {
  /** Changes of the log, after they are durable. */
  publish(changes: readonly Change[]): void
  /**
   * An event stream (https://html.spec.whatwg.org/multipage/server-sent-events.html) for one courier.
   *
   * @param mayStay whether the session still stands, and is of this courier; asked again and again
   */
  open(courierId: CourierId, mayStay: () => Promise<boolean>): Readable
  close(): void
}

interface Listener {
  readonly courierId: CourierId
  readonly mayStay: () => Promise<boolean>
}

export function createCourierNews(): CourierNews {
  const listeners = new Map<PassThrough, Listener>()

  function tell(stream: PassThrough, text: string): void {
    if (stream.writableLength > maxWaitingBytes) stream.destroy()
    else stream.write(text)
  }

  function end(stream: PassThrough): void {
    listeners.delete(stream)
    stream.end()
  }

  async function recheck(stream: PassThrough, { mayStay }: Listener): Promise<void> {
    // A database that is away ends no session; the next round asks again.
    if (await mayStay().catch(() => true)) tell(stream, ':\n\n')
    else end(stream)
  }

  const timer = setInterval(() => {
    for (const [stream, listener] of listeners) void recheck(stream, listener)
  }, aliveIntervalMs)
  timer.unref()

  return {
    publish(changes) {
      if (listeners.size === 0) return
      const concerned = new Set(changes.flatMap(couriersOf))
      for (const [stream, { courierId }] of listeners)
        if (concerned.has(courierId)) tell(stream, 'data: changed\n\n')
    },
    open(courierId, mayStay) {
      const stream = new PassThrough()
      listeners.set(stream, { courierId, mayStay })
      stream.once('close', () => listeners.delete(stream))
      // With the first bytes the browser knows that it is connected.
      stream.write(':\n\n')
      return stream
    },
    close() {
      clearInterval(timer)
      for (const stream of listeners.keys()) end(stream)
    },
  }
}

/** Whose phone shows what changed: for a delivery, who has it and who had it until now. */
function couriersOf({ kind, id, entity }: Change): readonly CourierId[] {
  if (kind === 'courier') return [id as CourierId]
  if (kind !== 'delivery' || entity === null) return []
  const { timeline } = entity as Delivery
  return timeline.slice(-2).flatMap(({ courierId }) => courierId ?? [])
}
