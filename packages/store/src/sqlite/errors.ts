import { AppError } from '@fleet/domain'

/** Primary result codes of SQLite (https://sqlite.org/rescode.html). */
const primary = {
  busy: 5,
  locked: 6,
  readonly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cantOpen: 14,
  notADatabase: 26,
} as const
const constraintPrimaryKey = 1555
const constraintUnique = 2067

/** The extended result code, or null when the error is not SQLite's. */
function resultCode(error: unknown): number | null {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode
    : null
}

export function isBusy(error: unknown): boolean {
  const code = resultCode(error)
  return code !== null && ((code & 0xff) === primary.busy || (code & 0xff) === primary.locked)
}

/** "bikes.code" when the error is a violated unique index or primary key on that column, else null. */
export function uniqueViolation(error: unknown): string | null {
  const code = resultCode(error)
  if (code !== constraintUnique && code !== constraintPrimaryKey) return null
  return /UNIQUE constraint failed: (\S+?)(?:,|$)/.exec((error as Error).message)?.[1] ?? 'unknown'
}

/**
 * Turns SQLite's failures that a person can do something about into an `AppError`; passes all else through.
 *
 * @param committing whether COMMIT was running. An I/O error of its fsync leaves the outcome unknown: this process
 *   rolls back, but recovery after a crash may find the complete commit frame in the WAL and apply it.
 */
export function translateSqliteError(error: unknown, file: string, committing = false): unknown {
  const code = resultCode(error)
  if (code === null) return error
  const said = `${(error as Error).message} (SQLite ${code})`
  switch (code & 0xff) {
    case primary.busy:
    case primary.locked:
      return new AppError('database_locked', `Another program holds ${file}: ${said}.`, { cause: error })
    case primary.ioError:
      if (committing)
        return new AppError('outcome_unknown', `Writing to ${file} failed during the commit: ${said}.`, {
          cause: error,
        })
      return new AppError('storage_failed', `Reading or writing ${file} failed: ${said}.`, { cause: error })
    case primary.full:
    case primary.readonly:
    case primary.cantOpen:
      return new AppError('storage_failed', `${file} cannot be written: ${said}.`, { cause: error })
    case primary.corrupt:
    case primary.notADatabase:
      return new AppError('storage_failed', `${file} is not a sound SQLite database: ${said}.`, {
        cause: error,
        fix: 'Restore the file from a backup; keep the broken one for rescue with the `sqlite3 .recover` command.',
      })
    default:
      return error
  }
}
