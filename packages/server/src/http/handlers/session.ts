import { type session, userName } from '@fleet/api'
import type { z } from 'zod'
import type { Answer, Handlers } from '../call.ts'
import type { SignedIn } from '../../auth/sessions.ts'
import { addressKey, createRateLimiter } from '../../auth/rate-limiter.ts'
import { HttpProblem } from '../problem.ts'
import type { HandlerDeps } from './deps.ts'

type Session = z.infer<typeof session>

/** One address may try many names, one name may be tried from many addresses: both are counted. */
const triesPerAddress = { burst: 20, refillMs: 15_000 }
const triesPerName = { burst: 10, refillMs: 60_000 }

export function sessionHandlers(
  deps: HandlerDeps,
): Pick<Handlers, 'getSession' | 'signIn' | 'signInByLink' | 'signOut'> {
  const { store, now, sessions, passwords, signInLinks } = deps
  const addresses = createRateLimiter(triesPerAddress)
  const names = createRateLimiter(triesPerName)

  const sessionAnswer = ({ user, expiresAtMs }: SignedIn): Answer<Session> => ({
    body: { user, expiresAtMs, dispatchPhone: deps.dispatchPhone },
  })

  const begin = async (user: SignedIn['user'], previous: SignedIn | null) => {
    const session = await sessions.open(user)
    // The cookie is about to be replaced: nobody could end the old session any more.
    if (previous) await sessions.close(previous.token)
    return { ...sessionAnswer(session), session }
  }

  return {
    getSession: async (call) => sessionAnswer(call.signedIn),

    async signIn(call) {
      const name = call.body.name.trim().toLowerCase()
      const nowMs = now()
      const address = addressKey(call.address)
      // Taken before the answer is known: a thousand guesses sent at once are a thousand tries. A right password
      // is refused, too, while the limit holds, or the limit would tell right from wrong.
      const waitMs = Math.max(addresses.take(address, nowMs), names.take(name, nowMs))
      if (waitMs > 0)
        throw new HttpProblem('too_many_requests', 'Too many attempts to sign in.', { retryAfterMs: waitMs })
      // What cannot be a name never reaches the database.
      const known = userName.safeParse(name).success ? await store.userByName(name) : null
      // An unknown name costs as much as a known one: the time of the answer tells nobody which names exist.
      const right = await passwords.verify(call.body.password, known?.passwordHash ?? null)
      if (!known || !right || known.user.disabled) throw wrongCredentials()
      const answer = await begin(known.user, call.signedIn)
      // Whoever replaces a password or disables an account ends its sessions afterwards: either this look sees the
      // change, or they see this session.
      const current = await store.userByName(name)
      if (!current || current.user.disabled || current.passwordHash !== known.passwordHash) {
        await sessions.close(answer.session.token)
        throw wrongCredentials()
      }
      names.forgive(name)
      // Only this try: who has one account must not be able to guess at all others without end.
      addresses.giveBack(address)
      return answer
    },

    async signInByLink(call) {
      const address = addressKey(call.address)
      const waitMs = addresses.take(address, now())
      if (waitMs > 0)
        throw new HttpProblem('too_many_requests', 'Too many attempts to sign in.', { retryAfterMs: waitMs })
      const userId = signInLinks.redeem(call.body.token)
      const user = userId === null ? null : await store.get('user', userId)
      if (!user || user.disabled)
        throw new HttpProblem(
          'link_expired',
          'This sign-in link was used before or is older than ten minutes.',
        )
      addresses.giveBack(address)
      return begin(user, call.signedIn)
    },

    async signOut(call) {
      await sessions.close(call.signedIn.token)
      deps.onSessionsEnded()
      return { body: undefined, session: null }
    },
  }
}

const wrongCredentials = () => new HttpProblem('wrong_credentials', 'The name or the password is wrong.')
