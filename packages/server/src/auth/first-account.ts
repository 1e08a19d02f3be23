import { randomUUID } from 'node:crypto'
import { createId, type User, type UserId } from '@fleet/domain'
import type { Store } from '@fleet/store'
import type { Log } from '../log.ts'

/** What the account is called that the first start makes. */
export const ownerName = 'owner'

interface Means {
  readonly store: Store
  readonly now: () => number
  readonly random: (bytes: number) => Buffer
  readonly log: Log
}

/**
 * Whom the one-time link signs in: the first enabled admin; on a database without accounts, a new admin `owner`,
 * who has no password and signs in by such links until one is set.
 *
 * @returns null when there are accounts but no enabled admin
 */
export async function findOrCreateOwner(means: Means): Promise<User | null> {
  const { store, now, random, log } = means
  const { items } = await store.list('user', { limit: 1 })
  if (items.length === 0) {
    const outcome = await store.execute<'user.create'>(
      {
        type: 'user.create',
        id: createId<UserId>(now(), random(10)),
        name: ownerName,
        role: 'admin',
        courierId: null,
        passwordHash: null,
      },
      { key: `first-start:${randomUUID()}`, actor: { id: null, name: 'first start' }, nowMs: now() },
    )
    if (outcome.ok) log.info({ user: ownerName }, 'Made the first account, an admin without a password')
    // Refused: another instance of the app, started at the same moment, was faster. Its account is found below.
  }
  return (await enabledAdmins(store).next()).value ?? null
}

/** Says how to make an account when nobody could sign in. */
export async function warnWithoutAccounts(means: Means): Promise<void> {
  const { store, log } = means
  if (await hasAdminWithPassword(store)) return
  log.warn(
    {},
    'No admin has a password, so nobody can sign in. Make one on this machine: npm run fleet -- user add NAME --role admin',
  )
}

/** Whether anybody could sign in who can let others in. */
export async function hasAdminWithPassword(store: Store): Promise<boolean> {
  for await (const admin of enabledAdmins(store))
    if ((await store.userByName(admin.name))?.passwordHash) return true
  return false
}

async function* enabledAdmins(store: Store): AsyncGenerator<User, undefined> {
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<typeof store.list<'user'>>> = await store.list('user', {
      limit: 100,
      role: ['admin'],
      ...(cursor === null ? {} : { cursor }),
    })
    for (const user of page.items) if (!user.disabled) yield user
    cursor = page.nextCursor
  } while (cursor !== null)
  return undefined
}
