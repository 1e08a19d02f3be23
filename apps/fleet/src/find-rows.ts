import {
  AppError,
  type Bike,
  type Courier,
  type Device,
  type EntityByKind,
  type EntityKind,
  type User,
} from '@fleet/domain'
import { nearestWord } from '@fleet/cluster/nearest-word'
import type { Page, Store } from '@fleet/store'

/** All rows of a kind. Registries are small: thousands, not millions. */
export async function listAll<K extends EntityKind>(store: Store, kind: K): Promise<EntityByKind[K][]> {
  const rows: EntityByKind[K][] = []
  let cursor: string | null = null
  do {
    const page: Page<EntityByKind[K]> = await store.list(kind, {
      limit: 500,
      ...(cursor === null ? {} : { cursor }),
    })
    rows.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== null)
  return rows
}

/** @throws AppError not_found, with the nearest code */
export const findBike = (store: Store, code: string): Promise<Bike> =>
  findOne(store, 'bike', 'bike with the code', code.toUpperCase(), (bike) => [bike.code])

/** By name, case ignored. @throws AppError not_found */
export const findCourier = (store: Store, name: string): Promise<Courier> =>
  findOne(store, 'courier', 'courier named', name, (courier) => [courier.name])

/** By tracker id or by name. @throws AppError not_found */
export const findDevice = (store: Store, word: string): Promise<Device> =>
  findOne(store, 'device', 'tracker with the id or name', word, (device) => [device.trackerId, device.name])

/** @throws AppError not_found */
export const findUser = (store: Store, name: string): Promise<User> =>
  findOne(store, 'user', 'account named', name.toLowerCase(), (user) => [user.name])

async function findOne<K extends EntityKind>(
  store: Store,
  kind: K,
  noun: string,
  word: string,
  namesOf: (row: EntityByKind[K]) => readonly string[],
): Promise<EntityByKind[K]> {
  const rows = await listAll(store, kind)
  const wanted = word.toLowerCase()
  const found = rows.filter((row) => namesOf(row).some((name) => name.toLowerCase() === wanted))
  if (found.length === 1) return found[0]!
  if (found.length > 1)
    throw new AppError('usage', `${found.length} rows answer to "${word}".`, {
      fix: 'Name it by something that is unique, like its id.',
    })
  const meant = nearestWord(word, rows.flatMap(namesOf))
  throw new AppError(
    'not_found',
    `There is no ${noun} "${word}".`,
    meant ? { fix: `Did you mean ${meant}?` } : {},
  )
}
