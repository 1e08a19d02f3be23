import { createHmac } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Schema } from './schema.ts'

/*
 * What is secret about a delivery is derived from one random key in the database and never stored: an undo cannot lose
 * it, the change log cannot show it, and whoever sees a copy of the rows does not have it.
 */

async function readKey(db: Kysely<Schema>): Promise<string> {
  const row = await db
    .selectFrom('meta')
    .select('value')
    .where('key', '=', 'secret_key')
    .executeTakeFirstOrThrow()
  return row.value
}

const macOf = (key: string, text: string) => createHmac('sha256', key).update(text).digest()

/** Four digits that only the customer and dispatchers are told. */
export async function pinOf(db: Kysely<Schema>, deliveryId: string): Promise<string> {
  const mac = macOf(await readKey(db), `pin\n${deliveryId}`)
  // 2^32 is so much more than 10,000 that no PIN is noticeably likelier than another.
  return String(mac.readUInt32BE(0) % 10_000).padStart(4, '0')
}

/** 128 bits that nobody can guess, as 22 characters for an address. */
export async function trackingTokenOf(
  db: Kysely<Schema>,
  deliveryId: string,
  linkNo: number,
): Promise<string> {
  return macOf(await readKey(db), `tracking\n${deliveryId}\n${linkNo}`)
    .subarray(0, 16)
    .toString('base64url')
}
