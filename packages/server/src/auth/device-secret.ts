import { createHash, createHmac } from 'node:crypto'
import { type Intent, storeKey } from '../http/execute.ts'

/*
 * A tracker's secret is shown once and stored as a hash, yet the request that makes it may have to be sent twice
 * (its answer was lost), and the second answer must hold the secret that the first one stored. So secrets are not
 * drawn but derived: from the session token of whoever asks, which is 256 random bits known to that browser and to
 * nobody else, and from the Idempotency-Key. The same request again, in the same session, gives the same secret;
 * in another session it is a different command under a used key and is refused (`key_reused`): rotate instead.
 */

/** Letters and digits that are not taken for one another when they are typed into a phone. */
const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789'

/** @param what keeps a secret, a tracker id and a rotation of the same request apart */
function deriveText(intent: Intent, what: string, length: number): string {
  const bytes = createHmac('sha512', intent.signedIn.token)
    .update(`${what}\n${storeKey(intent)}`)
    .digest()
  // 32 letters: five bits of every byte, without bias.
  return Array.from(bytes.subarray(0, length), (byte) => alphabet[byte & 31]).join('')
}

/** 160 bits. */
export function createDeviceSecret(intent: Intent, what: string): { secret: string; secretHash: string } {
  const secret = deriveText(intent, what, 32)
  return { secret, secretHash: createHash('sha256').update(secret).digest('hex') }
}

/** 100 bits: the OsmAnd protocol knows no password, so the id must not be guessable. */
export const createTrackerId = (intent: Intent): string => deriveText(intent, 'device.tracker-id', 20)
