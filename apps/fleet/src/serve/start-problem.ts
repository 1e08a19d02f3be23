import type { ConnectionFailure, StartProblem } from '@fleet/api'
import { AppError } from '@fleet/domain'
import { type PostgresConfig, probePostgres, type StoreConfig } from '@fleet/store'
import type { ServeConfig } from '../config/serve-config.ts'

/**
 * Why the app did not start, for its window.
 *
 * @param isTrackerPortOutside the environment names the port of trackers
 * @throws the error itself when it is a bug, or when not even this page could be shown
 */
export async function startProblemOf(
  error: unknown,
  { store, osmand }: ServeConfig,
  isTrackerPortOutside: boolean,
): Promise<StartProblem> {
  if (!(error instanceof AppError)) throw error
  const detail = error.message
  if (error.code === 'address_in_use') {
    if (osmand === null || !new RegExp(`:${osmand.port}\\b`).test(detail)) throw error
    return { kind: 'tracker_port', port: osmand.port, isSetOutside: isTrackerPortOutside }
  }
  if (store.backend === 'postgres' && error.code !== 'invalid_configuration')
    return (
      (await stillAway(store)) ?? {
        kind: 'connection',
        location: locationOf(store),
        verdict: { is: 'other', detail },
      }
    )
  if (store.backend === 'sqlite') {
    const is = fileProblem(error)
    if (is !== null) return { kind: 'file', file: store.file, is, detail }
  }
  return { kind: 'other', message: detail, fix: error.fix }
}

const locationOf = ({ host, port, database }: PostgresConfig) => `${host}:${port}/${database}`

/** What is in the way of a connection; null when nothing is, or when the database is a file. */
export async function stillAway(config: StoreConfig): Promise<StartProblem | null> {
  if (config.backend === 'sqlite') return null
  const verdict = await probePostgres(config)
  return verdict.is === 'fine' ? null : { kind: 'connection', location: locationOf(config), verdict }
}

type FileProblem = Extract<StartProblem, { kind: 'file' }>['is']

/** Primary result codes of SQLite (https://sqlite.org/rescode.html). */
const sqlite = { corrupt: 11, full: 13, notADatabase: 26 }

function fileProblem(error: AppError): FileProblem | null {
  if (error.code === 'database_locked') return 'locked'
  if (error.code === 'schema_too_new') return 'too_new'
  if (error.code === 'migration_unfinished') return 'copy_unfinished'
  if (error.code !== 'storage_failed' && error.code !== 'outcome_unknown') return null
  const codes: unknown[] = []
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
    codes.push('errcode' in cause ? Number(cause.errcode) & 0xff : null, 'code' in cause ? cause.code : null)
  if (codes.includes(sqlite.corrupt) || codes.includes(sqlite.notADatabase)) return 'damaged'
  return codes.includes(sqlite.full) || codes.includes('ENOSPC') ? 'full' : 'not_writable'
}

/** What may be over by itself. A wrong password is not tried again: the server might lock the role. */
const passing: ReadonlySet<ConnectionFailure> = new Set([
  'unknown_host',
  'refused',
  'unreachable',
  'timed_out',
  'hung_up',
  'starting_up',
  'too_many_connections',
  'standby',
  'other',
])

export function mayPass(problem: StartProblem): boolean {
  if (problem.kind === 'connection') return problem.verdict.is !== 'fine' && passing.has(problem.verdict.is)
  if (problem.kind === 'file') return ['locked', 'full', 'not_writable'].includes(problem.is)
  return problem.kind === 'tracker_port'
}
