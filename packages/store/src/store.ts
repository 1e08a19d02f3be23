import { type CommandOf, type CommandType, dayMs, type EntityKind } from '@fleet/domain'
import { sql } from 'kysely'
import { putAttachment, readAttachment, removeOrphans } from './attachments.ts'
import type { Backend } from './backend.ts'
import { headSeq, selectChanges, toChange } from './change-lines.ts'
import { pinOf } from './delivery-secrets.ts'
import { clearDemo } from './demo.ts'
import { loadEntity } from './entities.ts'
import { executeCommand, executeCommands } from './executor.ts'
import { InFlight } from './in-flight.ts'
import { readFigures } from './figures.ts'
import { fillCountedColumns, readCourierStates, readInsightData } from './insights.ts'
import { knownIds } from './known-ids.ts'
import { listAudit, listEntities } from './lists.ts'
import type { Change, ChangeSeq, CommandOutcome, Store } from './port.ts'
import { tableOf } from './schema.ts'
import { readReplayData } from './replay.ts'
import { putSavedView, readSavedViews, removeSavedView } from './saved-views.ts'
import { readDueService } from './service-due.ts'
import { createSignIn } from './sign-in.ts'
import { readSnapshot } from './snapshot.ts'
import { sharedDelivery, shareDelivery, unshareDelivery } from './tracking-links.ts'
import { undo, writtenUnder } from './undo.ts'
import {
  lastZoneEventNo,
  listZoneEvents,
  readPresence,
  recordCrossings,
  removeOldZoneEvents,
  zoneEventsAfter,
} from './zone-events.ts'

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
  const { db, pastDb, positions } = backend
  const run = inFlight.run.bind(inFlight)
  const signIn = createSignIn(db, db)
  let closing: Promise<void> | null = null

  const readChanges = shareInTick(async (since: ChangeSeq, limit: number) => {
    const rows = await selectChanges(db)
      .where('seq', '>', BigInt(since))
      .where(backend.settledChanges)
      .orderBy(sql`changes.seq`)
      .limit(limit)
      .execute()
    return rows.map(toChange)
  })

  async function close(): Promise<void> {
    await inFlight.close()
    await backend.close()
  }

  return {
    backend: backend.name,
    location: backend.location,
    health: backend.health,

    execute: <T extends CommandType>(command: CommandOf<T>, context: Parameters<Store['execute']>[1]) =>
      run(() => executeCommand(backend, command, context) as Promise<CommandOutcome<T>>),
    executeAll: (commands, context) => run(() => executeCommands(backend, commands, context)),
    undo: (request, context) => run(() => undo(backend, request, context)),
    writtenUnder: (key) => run(() => writtenUnder(db, key)),

    get: (kind, id) => run(() => loadEntity(db, kind, id)),
    list: (kind, query) =>
      run(() => listEntities(isAboutThePast(query) ? { ...backend, db: pastDb } : backend, kind, query)),
    knownIds: (kind, ids) => run(() => knownIds(db, kind, ids)),
    snapshot: () => run(() => readSnapshot(backend)),

    changes: (since, limit) => run(() => readChanges(since, limit)),
    headSeq: () => run(() => headSeq(db, backend.settledChanges)),
    // The newest page of all is what happens now.
    audit: (query) =>
      run(() => listAudit(query.cursor === undefined && query.id === undefined ? db : pastDb, query)),
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

    putAttachment: (attachment) => run(() => putAttachment(backend, attachment)),
    attachment: (id) => run(() => readAttachment(db, id)),
    deliveryPin: (id) => run(() => pinOf(db, id)),
    shareDelivery: (id, nowMs) => run(() => shareDelivery(backend, id, nowMs)),
    unshareDelivery: (id, nowMs) => run(() => unshareDelivery(backend, id, nowMs)),
    sharedDelivery: (token) => run(() => sharedDelivery(db, token)),

    dueService: () => run(() => readDueService(db)),
    savedViews: (userId) => run(() => readSavedViews(db, userId)),
    putSavedView: (userId, view, nowMs) => run(() => putSavedView(backend, userId, view, nowMs)),
    removeSavedView: (userId, id) => run(() => removeSavedView(db, userId, id)),

    zonePresence: () => run(() => readPresence(db)),
    recordCrossings: (crossings) => run(() => recordCrossings(backend, crossings)),
    zoneEvents: (query) => run(() => listZoneEvents(pastDb, query)),
    zoneEventsAfter: (no, limit) => run(() => zoneEventsAfter(db, no, limit)),
    lastZoneEventNo: () => run(() => lastZoneEventNo(db)),
    insightData: (fromMs, toMs) => run(() => readInsightData(pastDb, fromMs, toMs)),
    courierStates: (id, fromMs, toMs) => run(() => readCourierStates(pastDb, id, fromMs, toMs)),
    replayData: (fromMs, toMs) => run(() => readReplayData(pastDb, fromMs, toMs)),
    tracks: (query) => run(() => positions.tracks(query)),

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
        await fillCountedColumns(backend)
        await removeOldZoneEvents(db, nowMs - policy.positionsDays * dayMs)
        // As long as an undo may bring back the delivery or issue that names it.
        await removeOrphans(backend, nowMs - policy.idempotencyDays * dayMs)
      }),
    figures: () => run(() => readFigures(backend)),
    ping: () => run(() => backend.ping()),
    close: () => (closing ??= close()),
  }
}

/** A list of what came to its end. */
function isAboutThePast(query: object): boolean {
  return 'endedFromMs' in query || 'endedToMs' in query
}

/**
 * Readers that are woken together, and follow the log at the same place, read once. Not who asks later: what was committed
 * meanwhile may be missing.
 */
function shareInTick(
  read: (since: ChangeSeq, limit: number) => Promise<readonly Change[]>,
): (since: ChangeSeq, limit: number) => Promise<readonly Change[]> {
  const reads = new Map<string, Promise<readonly Change[]>>()
  return (since, limit) => {
    const key = `${since} ${limit}`
    const shared = reads.get(key)
    if (shared) return shared
    const started = read(since, limit)
    reads.set(key, started)
    queueMicrotask(() => reads.delete(key))
    return started
  }
}
