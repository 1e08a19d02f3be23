import { AppError } from '@fleet/domain'

/** Whether an error of Node or SQLite, or what a program printed, says that nothing more fits. */
export function isDiskFull(error: unknown): boolean {
  if (typeof error === 'string')
    return /no space left on device|disk is full|disk quota exceeded/i.test(error)
  const { code, errcode } = (error ?? {}) as { code?: unknown; errcode?: unknown }
  // SQLITE_FULL
  return code === 'ENOSPC' || code === 'EDQUOT' || errcode === 13
}

/** @param folder where something did not fit */
export const diskFullError = (folder: string, cause: unknown): AppError =>
  new AppError('storage_failed', `The disk of ${folder} is full; the map that was there is unchanged.`, {
    cause,
    fix: 'Make room (an import needs about five times the size of a .osm.pbf), then run the command again.',
  })
