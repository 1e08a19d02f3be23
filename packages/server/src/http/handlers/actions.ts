import { undoableBy } from '@fleet/api'
import type { Command, Delivery, User } from '@fleet/domain'
import type { Change } from '@fleet/store'
import type { Handlers } from '../call.ts'
import { afterCommit, contextOf, present, storeKey, storeKeyOf } from '../execute.ts'
import { HttpProblem, refusalProblem } from '../problem.ts'
import type { HandlerDeps } from './deps.ts'

export function actionHandlers({
  store,
  now,
  sessions,
  onSessionsEnded,
}: HandlerDeps): Pick<Handlers, 'bulk' | 'undo'> {
  return {
    async bulk(call) {
      const commands = call.body.commands.map((command): Command =>
        command.type === 'delivery.update' ? { ...command, patch: present(command.patch) } : command,
      )
      const outcome = await store.executeAll(commands, contextOf(call, now()))
      if (!outcome.ok) throw refusalProblem(outcome.refusal)
      // From the log and not from the tables: a repeated request gets the rows as they were then.
      const written = await afterCommit(store.writtenUnder(storeKey(call)))
      return { body: { items: lastOfEach(written) }, replayed: outcome.replayed }
    },

    async undo(call) {
      const { user } = call.signedIn
      const { key, userId = user.id } = call.body
      if (userId !== user.id && user.role !== 'admin' && user.role !== 'dispatcher')
        throw new HttpProblem('forbidden', 'Only dispatchers and admins may undo what somebody else did.')
      const outcome = await store.undo(
        { key: storeKeyOf(userId, key), allowed: undoableBy(user.role) },
        contextOf(call, now()),
      )
      if (!outcome.ok) throw refusalProblem(outcome.refusal)
      const changes = await afterCommit(store.writtenUnder(storeKey(call)))
      // On a repetition, too: the first time may have died between the two.
      const disabled = changes.flatMap(({ kind, entity }) =>
        kind === 'user' && (entity as User | null)?.disabled === true ? [(entity as User).id] : [],
      )
      for (const id of disabled) await afterCommit(sessions.closeAllOf(id))
      if (disabled.length > 0) onSessionsEnded()
      return { body: { changes }, replayed: outcome.replayed }
    },
  }
}

function lastOfEach(written: readonly Change[]): Delivery[] {
  const rows = new Map<string, Delivery>()
  for (const { id, entity } of written) rows.set(id, entity as Delivery)
  return [...rows.values()]
}
