import { createHash } from 'node:crypto'
import type { UserId } from '@fleet/domain'
import type { Handlers } from '../call.ts'
import {
  afterCommit,
  createdAnswer,
  execute,
  idFor,
  type Intent,
  present,
  rowAnswer,
  storeKey,
  target,
} from '../execute.ts'
import type { HandlerDeps } from './deps.ts'
import { readPage } from './rows.ts'

export function userHandlers({
  store,
  now,
  sessions,
  passwords,
  onSessionsEnded,
}: HandlerDeps): Pick<Handlers, 'listUsers' | 'createUser' | 'updateUser' | 'setPassword'> {
  const endSessions = async (id: UserId) => {
    await afterCommit(sessions.closeAllOf(id))
    onSessionsEnded()
  }
  return {
    listUsers: (call) => readPage(call.query, (query) => store.list('user', query)),
    async createUser(call) {
      const { name, role, courierId, password } = call.body
      const id = idFor<UserId>(call, 'user.create')
      const passwordHash = await passwords.hash(password, saltFor(call, id))
      return createdAnswer(
        call.route.path,
        await execute(store, now, call, { type: 'user.create', id, name, role, courierId, passwordHash }),
      )
    },
    async updateUser(call) {
      const patch = present(call.body)
      const executed = await execute(store, now, call, { type: 'user.update', ...target(call), patch })
      if (patch.disabled === true) await endSessions(call.params.id)
      return rowAnswer(executed)
    },
    async setPassword(call) {
      const { id } = call.params
      const passwordHash = await passwords.hash(call.body.password, saltFor(call, id))
      // Also when the page is gone: the sessions that it is to end come after it.
      const intent: Intent = { signedIn: call.signedIn, key: call.key }
      const executed = await execute(store, now, intent, {
        type: 'user.password',
        ...target(call),
        passwordHash,
      })
      // On a repetition, too: the first time may have died between the two.
      await endSessions(id)
      return rowAnswer(executed)
    },
  }
}

/**
 * A salt that is the same when the same request comes again, so that it is the same command. It need not be
 * secret, only never the same for two passwords: keys are unique to an intent.
 */
const saltFor = (intent: Intent, id: UserId): Uint8Array =>
  createHash('sha256')
    .update(`password-salt\n${id}\n${storeKey(intent)}`)
    .digest()
    .subarray(0, 16)
