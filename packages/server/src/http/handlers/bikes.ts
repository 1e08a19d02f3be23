import type { Handlers } from '../call.ts'
import { createdAnswer, execute, idFor, present, removedAnswer, rowAnswer, target } from '../execute.ts'
import { HttpProblem } from '../problem.ts'
import type { HandlerDeps } from './deps.ts'
import { readPage, readRow } from './rows.ts'

export function bikeHandlers({
  store,
  now,
}: HandlerDeps): Pick<
  Handlers,
  'listBikes' | 'getBike' | 'createBike' | 'updateBike' | 'stepBike' | 'removeBike' | 'bikePositions'
> {
  return {
    listBikes: (call) => readPage(call.query, (query) => store.list('bike', query)),
    getBike: (call) => readRow(store, 'bike', call.params.id),
    async createBike(call) {
      const { id = idFor(call, 'bike.create'), ...fields } = call.body
      return createdAnswer(
        call.route.path,
        await execute(store, now, call, { type: 'bike.create', id, ...fields }),
      )
    },
    async updateBike(call) {
      const patch = present(call.body)
      return rowAnswer(await execute(store, now, call, { type: 'bike.update', ...target(call), patch }))
    },
    async stepBike(call) {
      const { event } = call.body
      return rowAnswer(await execute(store, now, call, { type: 'bike.step', ...target(call), event }))
    },
    async removeBike(call) {
      return removedAnswer(await execute(store, now, call, { type: 'bike.remove', ...target(call) }))
    },
    async bikePositions(call) {
      const bike = await store.get('bike', call.params.id)
      if (!bike) throw new HttpProblem('not_found', 'There is no such bike.')
      return readPage(call.query, (query) => store.history({ ...query, bikeNo: bike.no }))
    },
  }
}
