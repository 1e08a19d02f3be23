import type { CommandOf, CommandType, EntityKind } from '@fleet/domain'
import { sql } from 'kysely'
import type { Backend } from './backend.ts'
import { headSeq, selectChanges, toChange } from './change-lines.ts'
import { clearDemo } from './demo.ts'
import { loadEntity } from './entities.ts'
import { executeCommands } from './executor.ts'
import { InFlight } from './in-flight.ts'
import { listAudit, listEntities } from './lists.ts'
import type { CommandOutcome, Store } from './port.ts'
import { tableOf } from './schema.ts'
import { createSignIn } from './sign-in.ts'
import { readSnapshot } from './snapshot.ts'

const dayMs = 86_400_000
const countedKinds = [
  'bike',
  'courier',
  'delivery',
  'issue',
  'zone',
  'device',
] as const satisfies EntityKind[]

/** The store over one backend. Everything here is the same for both. */
export function createStore<Tx>(backend: Backend<Tx>): Store {
  const inFlight = new InFlight()
  const { db, positions } = backend
  const run = inFlight.run.bind(inFlight)
  const signIn = createSignIn(db, db)
  let closing: Promise<void> | null = null

  async function close(): Promise<void> {
    await inFlight.close()
    await backend.close()
  }

  return {
    backend: backend.name,
    location: backend.location,

    execute: <T extends CommandType>(command: CommandOf<T>, context: Parameters<Store['execute']>[1]) =>
      run(() => executeCommands(backend, [command], context, command) as Promise<CommandOutcome<T>>),
    executeAll: (commands, context) => run(() => executeCommands(backend, commands, context)),

    get: (kind, id) => run(() => loadEntity(db, kind, id)),
    list: (kind, query) => run(() => listEntities(backend, kind, query)),
    snapshot: () => run(() => readSnapshot(backend)),

    changes: (since, limit) =>
      run(async () => {
        const rows = await selectChanges(db)
          .where('seq', '>', BigInt(since))
          .where(backend.settledChanges)
          .orderBy(sql`changes.seq`)
          .limit(limit)
          .execute()
        return rows.map(toChange)
      }),
    headSeq: () => run(() => headSeq(db, backend.settledChanges)),
    audit: (query) => run(() => listAudit(db, query)),
    onChange: (wake) => backend.onChange(wake),

    appendFixes: (batch) => run(() => positions.appendFixes(batch)),
    history: (query) => run(() => positions.history(query)),
    latestFixes: (sinceReceivedMs) => run(() => positions.latestFixes(sinceReceivedMs)),
    deviceContacts: () => run(() => positions.deviceContacts()),

    userByName: (name) => run(() => signIn.userByName(name)),
    createSession: (session) => run(() => signIn.createSession(session)),
    findSession: (tokenHash, nowMs) => run(() => signIn.findSession(tokenHash, nowMs)),
    deleteSession: (tokenHash) => run(() => signIn.deleteSession(tokenHash)),
    deleteSessionsOf: (userId) => run(() => signIn.deleteSessionsOf(userId)),
    deviceSecretHash: (trackerId) => run(() => signIn.deviceSecretHash(trackerId)),

    /** Users do not count: whoever signs in first must still be offered the demonstration. */
    isEmpty: () =>
      run(async () => {
        for (const kind of countedKinds) {
          const row = await db
            .selectFrom(tableOf[kind] as 'bikes')
            .select('id')
            .limit(1)
            .executeTakeFirst()
          if (row) return false
        }
        return true
      }),
    clearDemo: (context) => run(() => clearDemo(backend, context)),

    maintain: (nowMs, policy) =>
      run(async () => {
        await positions.maintainPositions(nowMs, policy.positionsDays)
        await db
          .deleteFrom('idempotency')
          .where('at_ms', '<', nowMs - policy.idempotencyDays * dayMs)
          .execute()
        await db.deleteFrom('sessions').where('expires_at_ms', '<=', nowMs).execute()
      }),
    ping: () => run(() => backend.ping()),
    close: () => (closing ??= close()),
  }
}
