import type { Handlers } from '../call.ts'
import { createdAnswer, execute, idFor, present, rowAnswer, target } from '../execute.ts'
import { HttpProblem } from '../problem.ts'
import type { HandlerDeps } from './deps.ts'
import { checkOwnCourier, checkOwnDelivery, restrictedTo } from './own.ts'
import { readPage, readRow } from './rows.ts'

export function issueHandlers({
  store,
  now,
}: HandlerDeps): Pick<
  Handlers,
  'listIssues' | 'getIssue' | 'createIssue' | 'updateIssue' | 'stepIssue' | 'commentIssue'
> {
  return {
    listIssues: (call) => readPage(call.query, (query) => store.list('issue', query)),
    getIssue: (call) => readRow(store, 'issue', call.params.id),
    async createIssue(call) {
      const { id = idFor(call, 'issue.create'), ...given } = call.body
      const own = restrictedTo(call.signedIn)
      if (own !== null) {
        // What a courier reports is theirs: nobody speaks for a customer, or about a colleague's delivery.
        if (given.reporter !== 'courier')
          throw new HttpProblem('forbidden', 'Couriers report as a courier, not for somebody else.')
        if (given.courierId !== null) checkOwnCourier(call.signedIn, given.courierId)
        if (given.deliveryId !== null) await checkOwnDelivery(store, call.signedIn, given.deliveryId)
      }
      const fields = { ...given, courierId: own ?? given.courierId }
      return createdAnswer(
        call.route.path,
        await execute(store, now, call, { type: 'issue.create', id, ...fields }),
      )
    },
    async updateIssue(call) {
      const patch = present(call.body)
      return rowAnswer(await execute(store, now, call, { type: 'issue.update', ...target(call), patch }))
    },
    async stepIssue(call) {
      const { event } = call.body
      return rowAnswer(await execute(store, now, call, { type: 'issue.step', ...target(call), event }))
    },
    async commentIssue(call) {
      const { text } = call.body
      return rowAnswer(await execute(store, now, call, { type: 'issue.comment', id: call.params.id, text }))
    },
  }
}
