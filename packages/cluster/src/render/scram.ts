import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import { ClusterError } from '../cluster-error.ts'

const iterations = 4_096
const saltBytes = 16

/**
 * What PostgreSQL keeps instead of a password (RFC 5802 section 3, RFC 7677; the text form is that of pg_authid), so
 * that the password itself is never sent to the server, where it could be logged.
 *
 * The salt follows from the password and the role, so that rendering the same secrets twice gives the same text, and two
 * roles with one password still have different verifiers.
 *
 * @param password printable ASCII: what SASLprep (RFC 4013) would leave as it is
 * @throws ClusterError invalid_spec for any other password; its text is not told
 */
export function scramVerifier(role: string, password: string): string {
  if (!/^[\x20-\x7e]+$/.test(password))
    throw new ClusterError(
      'invalid_spec',
      `The password of ${role} has characters outside printable ASCII.`,
      {
        fix: 'Write one of letters, digits and signs, or run `fleet cluster secrets rotate`.',
      },
    )
  const salt = hmac(Buffer.from(password), `fleet scram salt ${role}`).subarray(0, saltBytes)
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256')
  const storedKey = createHash('sha256').update(hmac(salted, 'Client Key')).digest('base64')
  const serverKey = hmac(salted, 'Server Key').toString('base64')
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${serverKey}`
}

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
