import type { Handlers } from '../call.ts'
import { createdAnswer, execute, idFor, present, removedAnswer, rowAnswer, target } from '../execute.ts'
import type { HandlerDeps } from './deps.ts'
import { readPage, readRow } from './rows.ts'

export function zoneHandlers({
  store,
  now,
}: HandlerDeps): Pick<Handlers, 'listZones' | 'getZone' | 'createZone' | 'updateZone' | 'removeZone'> {
  return {
    listZones: (call) => readPage(call.query, (query) => store.list('zone', query)),
    getZone: (call) => readRow(store, 'zone', call.params.id),
    async createZone(call) {
      const { id = idFor(call, 'zone.create'), ...fields } = call.body
      return createdAnswer(
        call.route.path,
        await execute(store, now, call, { type: 'zone.create', id, ...fields }),
      )
    },
    async updateZone(call) {
      const patch = present(call.body)
      return rowAnswer(await execute(store, now, call, { type: 'zone.update', ...target(call), patch }))
    },
    async removeZone(call) {
      return removedAnswer(await execute(store, now, call, { type: 'zone.remove', ...target(call) }))
    },
  }
}
