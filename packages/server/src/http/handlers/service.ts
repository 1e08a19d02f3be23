import type { Handlers } from '../call.ts'
import { createdAnswer, execute, idFor, present, removedAnswer, rowAnswer, target } from '../execute.ts'
import type { HandlerDeps } from './deps.ts'
import { readPage, readRow } from './rows.ts'

export function serviceHandlers({
  store,
  now,
}: HandlerDeps): Pick<
  Handlers,
  | 'listServiceEntries'
  | 'listDueService'
  | 'getServiceEntry'
  | 'createServiceEntry'
  | 'updateServiceEntry'
  | 'removeServiceEntry'
> {
  return {
    listServiceEntries: (call) => readPage(call.query, (query) => store.list('service', query)),
    listDueService: async () => ({ body: { items: await store.dueService() } }),
    getServiceEntry: (call) => readRow(store, 'service', call.params.id),
    async createServiceEntry(call) {
      const { id = idFor(call, 'service.create'), ...fields } = call.body
      return createdAnswer(
        call.route.path,
        await execute(store, now, call, { type: 'service.create', id, ...fields }),
      )
    },
    async updateServiceEntry(call) {
      const patch = present(call.body)
      return rowAnswer(await execute(store, now, call, { type: 'service.update', ...target(call), patch }))
    },
    async removeServiceEntry(call) {
      return removedAnswer(await execute(store, now, call, { type: 'service.remove', ...target(call) }))
    },
  }
}
