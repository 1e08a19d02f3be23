import type { Tracking } from '@fleet/api'
import { endedAtMs, planRoute, type Delivery, hourMs } from '@fleet/domain'
import { addressKey, createRateLimiter } from '../../auth/rate-limiter.ts'
import type { Handlers } from '../call.ts'
import { HttpProblem, refusalProblem } from '../problem.ts'
import type { HandlerDeps } from './deps.ts'

/** A link shows how it ended for so long. */
const shownAfterEndMs = 24 * hourMs
/** From an older place nothing is reckoned. */
const etaFromFixMs = hourMs / 6
/** Wrong links from one address; 2^128 tokens are safe from guessing all the same. */
const wrongLinks = { burst: 30, refillMs: 2_000 }

export function trackingHandlers({
  store,
  now,
  markerOf,
}: HandlerDeps): Pick<Handlers, 'shareDelivery' | 'unshareDelivery' | 'trackDelivery'> {
  const limiter = createRateLimiter(wrongLinks)

  /** What may be told of whoever brings it. Where they go for others is nobody's business. */
  async function journeyOf(delivery: Delivery, nowMs: number): Promise<Pick<Tracking, 'courier' | 'etaMs'>> {
    const { id, status, courierId } = delivery
    const courier =
      courierId !== null && (status === 'assigned' || status === 'picked_up')
        ? await store.get('courier', courierId)
        : null
    if (!courier) return { courier: null, etaMs: null }
    const bike = courier.bikeId === null ? null : await store.get('bike', courier.bikeId)
    const marker = bike && markerOf(bike.no)
    const { items } = await store.list('delivery', {
      courierId: courier.id,
      status: ['assigned', 'picked_up'],
      limit: 500,
    })
    const { stops, arrivals } = planRoute(items, marker, nowMs)
    const isNext = stops[0]?.kind === 'dropoff' && stops[0].deliveryIds.includes(id)
    return {
      courier:
        status === 'picked_up'
          ? {
              firstName: courier.name.trim().split(/\s+/)[0] ?? '',
              position: marker && isNext ? { lat: marker.lat, lon: marker.lon, timeMs: marker.timeMs } : null,
            }
          : null,
      etaMs:
        marker && nowMs - marker.timeMs <= etaFromFixMs ? Math.round(arrivals.get(id)?.etaMs ?? nowMs) : null,
    }
  }

  return {
    async shareDelivery(call) {
      const token = await store.shareDelivery(call.params.id, now())
      if (!token.ok) throw refusalProblem(token.refusal)
      // Behind the #, which browsers keep to themselves: no log and no referrer has it.
      return { body: { token: token.value, path: `/#/track/${token.value}` } }
    },
    async unshareDelivery(call) {
      await store.unshareDelivery(call.params.id, now())
      return { body: undefined }
    },
    async trackDelivery(call) {
      const nowMs = now()
      const address = addressKey(call.address)
      const waitMs = limiter.take(address, nowMs)
      if (waitMs > 0)
        throw new HttpProblem('too_many_requests', 'Too many links that do not exist were tried.', {
          retryAfterMs: waitMs,
        })
      const delivery = await store.sharedDelivery(call.params.token)
      const endMs = delivery ? endedAtMs(delivery) : null
      if (!delivery || (endMs !== null && nowMs >= endMs + shownAfterEndMs))
        throw new HttpProblem('not_found', 'This tracking link does not exist (any more).')
      limiter.giveBack(address)
      const { id, code, status, dropoff, pinRequired } = delivery
      return {
        body: {
          code,
          status,
          address: dropoff.address,
          point: dropoff.point,
          window: dropoff.window,
          ...(await journeyOf(delivery, nowMs)),
          pin: pinRequired && endMs === null ? await store.deliveryPin(id) : null,
          endedAtMs: endMs,
          serverTimeMs: nowMs,
        },
      }
    },
  }
}
