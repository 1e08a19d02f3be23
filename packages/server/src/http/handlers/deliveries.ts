import type { Handlers } from '../call.ts'
import { createdAnswer, execute, idFor, present, rowAnswer, target } from '../execute.ts'
import { HttpProblem } from '../problem.ts'
import type { HandlerDeps } from './deps.ts'
import { readOwnDelivery, restrictedTo } from './own.ts'
import { readPage } from './rows.ts'

export function deliveryHandlers({
  store,
  now,
}: HandlerDeps): Pick<
  Handlers,
  | 'listDeliveries'
  | 'getDelivery'
  | 'knownDeliveries'
  | 'createDelivery'
  | 'updateDelivery'
  | 'assignDelivery'
  | 'unassignDelivery'
  | 'pickUpDelivery'
  | 'deliverDelivery'
  | 'getDeliveryPin'
  | 'failDelivery'
  | 'retryDelivery'
  | 'cancelDelivery'
  | 'rateDelivery'
> {
  return {
    async listDeliveries(call) {
      const own = restrictedTo(call.signedIn)
      const { courierId = own ?? undefined } = call.query
      if (own !== null && courierId !== own)
        throw new HttpProblem('forbidden', 'Couriers may list their own deliveries only.')
      return readPage({ ...call.query, courierId }, (query) => store.list('delivery', query))
    },
    async getDelivery(call) {
      const delivery = await readOwnDelivery(store, call.signedIn, call.params.id)
      return { body: delivery, version: delivery.version }
    },
    async knownDeliveries(call) {
      const { there, removed } = await store.knownIds('delivery', call.body.ids)
      return { body: { there: there.map(({ id, code }) => ({ id, code })), removed } }
    },
    async createDelivery(call) {
      const { id = idFor(call, 'delivery.create'), ...fields } = call.body
      return createdAnswer(
        call.route.path,
        await execute(store, now, call, { type: 'delivery.create', id, ...fields }),
      )
    },
    async updateDelivery(call) {
      const patch = present(call.body)
      return rowAnswer(await execute(store, now, call, { type: 'delivery.update', ...target(call), patch }))
    },
    async assignDelivery(call) {
      const { courierId } = call.body
      return rowAnswer(
        await execute(store, now, call, { type: 'delivery.assign', ...target(call), courierId }),
      )
    },
    async unassignDelivery(call) {
      return rowAnswer(await execute(store, now, call, { type: 'delivery.unassign', ...target(call) }))
    },
    async pickUpDelivery(call) {
      return rowAnswer(
        await execute(store, now, call, { type: 'delivery.pick_up', ...target(call), ...present(call.body) }),
      )
    },
    async deliverDelivery(call) {
      const { pin, happenedAtMs, ...proof } = present(call.body)
      const isGiven = Object.keys(proof).length > 0
      return rowAnswer(
        await execute(store, now, call, {
          type: 'delivery.deliver',
          ...target(call),
          ...(isGiven ? { proof } : {}),
          ...present({ pin, happenedAtMs }),
        }),
      )
    },
    async getDeliveryPin(call) {
      await readOwnDelivery(store, call.signedIn, call.params.id)
      return { body: { pin: await store.deliveryPin(call.params.id) } }
    },
    async failDelivery(call) {
      return rowAnswer(
        await execute(store, now, call, { type: 'delivery.fail', ...target(call), ...present(call.body) }),
      )
    },
    async retryDelivery(call) {
      return rowAnswer(await execute(store, now, call, { type: 'delivery.retry', ...target(call) }))
    },
    async cancelDelivery(call) {
      const { reason } = call.body
      return rowAnswer(await execute(store, now, call, { type: 'delivery.cancel', ...target(call), reason }))
    },
    async rateDelivery(call) {
      const { rating, complaint } = call.body
      return rowAnswer(
        await execute(store, now, call, { type: 'delivery.rate', ...target(call), rating, complaint }),
      )
    },
  }
}
