import type { EntityByKind, EntityKind } from '@fleet/domain'
import type { Page, Store } from '@fleet/store'
import type { Answer } from '../call.ts'
import { present, type Present } from '../execute.ts'
import { HttpProblem } from '../problem.ts'

/** @throws HttpProblem 404 */
export async function readRow<K extends EntityKind>(
  store: Store,
  kind: K,
  id: string,
): Promise<Answer<EntityByKind[K]>> {
  const row = await store.get(kind, id)
  if (!row) throw new HttpProblem('not_found', `There is no such ${kind}.`)
  return { body: row, version: row.version }
}

/** A page, read with the query's absent fields left out. */
export const readPage = async <T, Q extends object>(
  query: Q,
  read: (query: Present<Q>) => Promise<Page<T>>,
): Promise<Answer<Page<T>>> => ({ body: await read(present(query)) })
