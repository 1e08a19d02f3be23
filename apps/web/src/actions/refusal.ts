import { ApiError, type Problem } from '@fleet/api'
import { serverWords } from '../i18n/language.ts'

/** The server said no to it, and not to whoever asked. */
export const isRefusal = (error: unknown): error is ApiError =>
  error instanceof ApiError && error.problem.status !== 401

/** Of many, the sentence says how many and why the first: there is no one row to choose between. */
export const isOneStaleRow = ({ code, current, rows }: Problem): boolean =>
  code === 'stale_version' &&
  rows === undefined &&
  typeof (current as { version?: unknown } | undefined)?.version === 'number'

/** Why, and at which fields, in the language of the screen. */
export const refusalDetail = ({ detail, errors = [] }: Problem): string =>
  [serverWords(detail), ...errors.map(({ field, message }) => `${field} ${message}.`)].join(' ')
