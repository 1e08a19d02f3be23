import type { z } from 'zod'
import { SourceError } from './source-failure.ts'

/**
 * What a daemon answered as JSON.
 *
 * @throws SourceError bad_answer
 */
export function parseAnswer<T extends z.ZodType>(schema: T, text: string): z.output<T> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new SourceError('bad_answer', 'its answer is not JSON')
  }
  const found = schema.safeParse(json)
  if (!found.success)
    throw new SourceError('bad_answer', 'its answer has a form that this version of fleet does not know')
  return found.data
}
