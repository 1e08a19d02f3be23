import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { HttpProblem } from '../http/problem.ts'

const derive = promisify(argon2)

/** OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB, 2 passes, 1 lane. About 30 ms on a small server. */
const parameters = { memoryKib: 19_456, passes: 2, parallelism: 1, saltBytes: 16, hashBytes: 32 }

/** More would take all threads that Node has for files and names (four), and 19 MiB each. */
const maxAtOnce = 2
/** About a second of work; whoever comes later is better told to come again. */
const maxWaiting = 64

export interface Passwords {
  /**
   * An encoded hash: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`.
   *
   * @param salt 16 bytes, never the same for two passwords
   * @throws HttpProblem 503 when too many wait already
   */
  hash(password: string, salt?: Uint8Array): Promise<string>
  /**
   * Whether the password is the one of the hash. With null (no such user, or no password set) it does the same
   * work and says false.
   *
   * @throws Error for a hash that cannot be read; HttpProblem 503 when too many wait already
   */
  verify(password: string, encoded: string | null): Promise<boolean>
}

export function createPasswords(): Passwords {
  const decoy = encode({ ...parameters, salt: randomBytes(16), hash: randomBytes(32) })
  const queue = createQueue()
  return {
    hash: (password, salt = randomBytes(parameters.saltBytes)) =>
      queue(async () => encode({ ...parameters, salt, hash: await run(password, { ...parameters, salt }) })),
    verify: (password, encoded) =>
      queue(async () => {
        const expected = decode(encoded ?? decoy)
        const hash = await run(password, { ...expected, hashBytes: expected.hash.length })
        return timingSafeEqual(hash, expected.hash) && encoded !== null
      }),
  }
}

interface Encoded {
  readonly memoryKib: number
  readonly passes: number
  readonly parallelism: number
  readonly salt: Uint8Array
  readonly hash: Uint8Array
}

function run(password: string, options: Omit<Encoded, 'hash'> & { hashBytes: number }): Promise<Buffer> {
  return derive('argon2id', {
    // The same letters can be typed as different code points (é on a Mac and on Windows).
    message: Buffer.from(password.normalize('NFC')),
    nonce: options.salt,
    memory: options.memoryKib,
    passes: options.passes,
    parallelism: options.parallelism,
    tagLength: options.hashBytes,
  })
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replace(/=+$/, '')

const encode = (value: Encoded): string =>
  `$argon2id$v=19$m=${value.memoryKib},t=${value.passes},p=${value.parallelism}$${base64(value.salt)}$${base64(value.hash)}`

const encodedPattern =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/

/** The PHC string format, as other programs write it too; parameters are read, so that they can be raised later. */
function decode(encoded: string): Encoded {
  const match = encodedPattern.exec(encoded)
  if (!match) throw new Error('A stored password hash cannot be read.')
  return {
    memoryKib: Number(match[1]),
    passes: Number(match[2]),
    parallelism: Number(match[3]),
    salt: Buffer.from(match[4]!, 'base64'),
    hash: Buffer.from(match[5]!, 'base64'),
  }
}

/** Lets `maxAtOnce` run and `maxWaiting` wait: a flood of attempts must not take the process's memory. */
function createQueue(): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0
  const waiting: (() => void)[] = []
  return async (work) => {
    if (running >= maxAtOnce) {
      if (waiting.length >= maxWaiting)
        throw new HttpProblem('busy', 'Too many people sign in at this moment.')
      // Whoever finishes hands over the place, so `running` stays as it is.
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }
}
