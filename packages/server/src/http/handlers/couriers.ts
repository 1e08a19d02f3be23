import type { Handlers } from '../call.ts'
import { createdAnswer, execute, idFor, present, removedAnswer, rowAnswer, target } from '../execute.ts'
import { HttpProblem } from '../problem.ts'
import type { HandlerDeps } from './deps.ts'
import { checkOwnCourier } from './own.ts'
import { readPage, readRow } from './rows.ts'

export function courierHandlers({
  store,
  now,
}: HandlerDeps): Pick<
  Handlers,
  | 'listCouriers'
  | 'getCourier'
  | 'createCourier'
  | 'updateCourier'
  | 'stepShift'
  | 'takeBike'
  | 'returnBike'
  | 'removeCourier'
  | 'courierPositions'
> {
  return {
    listCouriers: (call) => readPage(call.query, (query) => store.list('courier', query)),
    async getCourier(call) {
      checkOwnCourier(call.signedIn, call.params.id)
      return readRow(store, 'courier', call.params.id)
    },
    async createCourier(call) {
      const { id = idFor(call, 'courier.create'), ...fields } = call.body
      return createdAnswer(
        call.route.path,
        await execute(store, now, call, { type: 'courier.create', id, ...fields }),
      )
    },
    async updateCourier(call) {
      const patch = present(call.body)
      return rowAnswer(await execute(store, now, call, { type: 'courier.update', ...target(call), patch }))
    },
    async stepShift(call) {
      const { event } = call.body
      return rowAnswer(await execute(store, now, call, { type: 'courier.shift', ...target(call), event }))
    },
    async takeBike(call) {
      const { bikeId } = call.body
      return rowAnswer(
        await execute(store, now, call, { type: 'courier.take_bike', ...target(call), bikeId }),
      )
    },
    async returnBike(call) {
      return rowAnswer(await execute(store, now, call, { type: 'courier.return_bike', ...target(call) }))
    },
    async removeCourier(call) {
      return removedAnswer(await execute(store, now, call, { type: 'courier.remove', ...target(call) }))
    },
    async courierPositions(call) {
      const courier = await store.get('courier', call.params.id)
      if (!courier) throw new HttpProblem('not_found', 'There is no such courier.')
      return readPage(call.query, (query) => store.history({ ...query, courierNo: courier.no }))
    },
  }
}
