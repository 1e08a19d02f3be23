import { createHash } from 'node:crypto'
import { type Connection, passwordGoesTo } from '@fleet/api'
import { z } from 'zod'

/**
 * A password and the servers that it was given for. The keyring holds both as one text, so that no moment at which the
 * program dies, and nobody who edits the settings, leads a password to other servers.
 */
const boundPassword = z.strictObject({ password: z.string(), for: z.string() })
export type BoundPassword = z.infer<typeof boundPassword>

export const bindPassword = (connection: Connection, password: string): BoundPassword => ({
  password,
  for: digestOf(connection),
})

export const isBoundTo = (bound: BoundPassword, connection: Connection): boolean =>
  bound.for === digestOf(connection)

/** What the keyring holds. Null for anything that does not say which servers it is for. */
export function parseBoundPassword(text: string | null): BoundPassword | null {
  try {
    return boundPassword.parse(JSON.parse(text ?? ''))
  } catch {
    return null
  }
}

/** Short, since a connection may hold a certificate. */
const digestOf = (connection: Connection) =>
  createHash('sha256').update(passwordGoesTo(connection)).digest('base64url')
