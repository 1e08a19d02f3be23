import type { Kysely } from 'kysely'
import type { Store } from './port.ts'
import { fromRow } from './rows.ts'
import type { Schema } from './schema.ts'

type SignIn = Pick<
  Store,
  'userByName' | 'createSession' | 'findSession' | 'deleteSession' | 'deleteSessionsOf' | 'deviceSecretHash'
>

/**
 * Sessions and secrets. They are beside the change log: nobody replays them, and a hash has no place in an audit trail.
 * Every write here gives the same when it is done twice, so a lost connection is simply tried again.
 */
export function createSignIn(reads: Kysely<Schema>, writes: Kysely<Schema>): SignIn {
  return {
    async userByName(name) {
      const row = await reads
        .selectFrom('users')
        .selectAll()
        .where('name', '=', name.toLowerCase())
        .executeTakeFirst()
      return row ? { user: fromRow('user', row), passwordHash: row.password_hash } : null
    },

    async createSession({ tokenHash, userId, nowMs, expiresAtMs }) {
      await writes
        .insertInto('sessions')
        .values({ token_hash: tokenHash, user_id: userId, created_at_ms: nowMs, expires_at_ms: expiresAtMs })
        .onConflict((conflict) => conflict.column('token_hash').doNothing())
        .execute()
    },

    async findSession(tokenHash, nowMs) {
      const row = await reads
        .selectFrom('sessions')
        .innerJoin('users', 'users.id', 'sessions.user_id')
        .selectAll('users')
        .select(['sessions.created_at_ms as session_created_at_ms', 'sessions.expires_at_ms'])
        .where('sessions.token_hash', '=', tokenHash)
        .where('sessions.expires_at_ms', '>', nowMs)
        .executeTakeFirst()
      if (!row) return null
      const user = fromRow('user', row)
      // Whoever was disabled is signed out at once, also where the sessions were not deleted.
      if (user.disabled) return null
      return { user, createdAtMs: row.session_created_at_ms, expiresAtMs: row.expires_at_ms }
    },

    async deleteSession(tokenHash) {
      await writes.deleteFrom('sessions').where('token_hash', '=', tokenHash).execute()
    },

    async deleteSessionsOf(userId) {
      await writes.deleteFrom('sessions').where('user_id', '=', userId).execute()
    },

    async deviceSecretHash(trackerId) {
      const row = await reads
        .selectFrom('devices')
        .select('secret_hash')
        .where('tracker_id', '=', trackerId)
        .executeTakeFirst()
      return row?.secret_hash ?? null
    },
  }
}
