import type { Handlers } from '../call.ts'
import { createdAnswer, execute, idFor, present, rowAnswer, target } from '../execute.ts'
import type { HandlerDeps } from './deps.ts'
import { restrictedTo } from './own.ts'
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
      // Whether a courier may say so about whom they name, the store checks.
      const fields = { ...given, courierId: given.courierId ?? restrictedTo(call.signedIn) }
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
