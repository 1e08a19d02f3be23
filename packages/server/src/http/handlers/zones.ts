import type { Command, Zone } from '@fleet/domain'
import type { Handlers } from '../call.ts'
import {
  afterCommit,
  contextOf,
  createdAnswer,
  execute,
  idFor,
  present,
  removedAnswer,
  rowAnswer,
  storeKey,
  target,
} from '../execute.ts'
import { refusalProblem } from '../problem.ts'
import type { HandlerDeps } from './deps.ts'
import { readPage, readRow } from './rows.ts'

export function zoneHandlers({
  store,
  now,
}: HandlerDeps): Pick<
  Handlers,
  | 'listZones'
  | 'getZone'
  | 'knownZones'
  | 'createZone'
  | 'importZones'
  | 'updateZone'
  | 'removeZone'
  | 'listZoneEvents'
> {
  return {
    listZones: (call) => readPage(call.query, (query) => store.list('zone', query)),
    getZone: (call) => readRow(store, 'zone', call.params.id),
    async knownZones(call) {
      const { there, removed } = await store.knownIds('zone', call.body.ids)
      return { body: { there: there.map(({ id, name }) => ({ id, name })), removed } }
    },
    async createZone(call) {
      const { id = idFor(call, 'zone.create'), ...fields } = call.body
      return createdAnswer(
        call.route.path,
        await execute(store, now, call, { type: 'zone.create', id, ...fields }),
      )
    },
    async importZones(call) {
      const commands = call.body.zones.map((zone): Command => ({ type: 'zone.create', ...zone }))
      const outcome = await store.executeAll(commands, contextOf(call, now()))
      if (!outcome.ok) throw refusalProblem(outcome.refusal)
      // From the log and not from the table: a repeated request gets the rows as they were then.
      const written = await afterCommit(store.writtenUnder(storeKey(call)))
      return { body: { items: written.map(({ entity }) => entity as Zone) }, replayed: outcome.replayed }
    },
    async updateZone(call) {
      const patch = present(call.body)
      return rowAnswer(await execute(store, now, call, { type: 'zone.update', ...target(call), patch }))
    },
    listZoneEvents: (call) => readPage(call.query, (query) => store.zoneEvents(query)),
    async removeZone(call) {
      return removedAnswer(await execute(store, now, call, { type: 'zone.remove', ...target(call) }))
    },
  }
}
