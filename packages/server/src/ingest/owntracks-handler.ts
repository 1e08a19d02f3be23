import { type OwnTracksRequest, parseOwnTracks } from '../trackers/index.ts'
import { type Answer, textAnswer, turnedAway } from './answer.ts'
import type { Ingest } from './ingest.ts'
import { outcomeCode } from './submission.ts'

/** What the app expects of every request that went well: a list of messages for it. */
const taken: Answer = { status: 200, type: 'application/json', body: '[]', headers: null }
const reportBytes = 500

const challenge: Answer = textAnswer(
  401,
  "Wrong user name or password: use the tracker's id and the secret that the app showed when it was registered.",
  { 'WWW-Authenticate': 'Basic realm="fleet tracker", charset="UTF-8"' },
)

/**
 * One request of OwnTracks in HTTP mode.
 *
 * The tracker is the one that Basic authentication names, if it is registered, else the device that the message names
 * (X-Limit-D, ?d=, topic, see `parseOwnTracks`): people fill in either field of the app. The password is always
 * checked against that same tracker's secret, so nobody can send for another.
 *
 * 200 `[]`: durable, or nothing to store. 400 and 422: cannot be read. 401: unknown tracker or wrong password; which
 * of both is not told. 503: send it again.
 */
export async function answerOwnTracks(
  ingest: Ingest,
  request: Omit<OwnTracksRequest, 'basicUser'>,
): Promise<Answer> {
  const credentials = parseBasic(request.headers['authorization'])
  if (credentials === null) return challenge
  const parsed = parseOwnTracks({ ...request, basicUser: credentials.user })
  const report = parsed.ok ? (parsed.reports[0] ?? null) : null
  const device = parsed.ok ? (report?.trackerId ?? null) : parsed.trackerId
  let trackerId: string | null
  try {
    trackerId = await ingest.firstKnown(device === null ? [credentials.user] : [credentials.user, device])
    if (trackerId === null) {
      // A message without a position need not name its device. Nothing is stored, so nothing is to be protected, and
      // an error would make the app keep the message for ever.
      if (parsed.ok && report === null) return taken
      ingest.refusals.unknownTracker('owntracks', device ?? credentials.user)
      return challenge
    }
    if (!(await ingest.secrets.check(trackerId, credentials.password))) {
      ingest.refusals.refused('owntracks', trackerId, 'The password is not the secret of this tracker.')
      return challenge
    }
  } catch {
    // Who this is cannot be checked while the database is away.
    return turnedAway('unavailable')
  }
  if (!parsed.ok) {
    ingest.refusals.refused('owntracks', trackerId, parsed.message)
    return textAnswer(parsed.status, parsed.message)
  }
  if (report === null) return taken
  const bytes = (request.body?.length ?? 0) + reportBytes
  const { end, codes } = await ingest.submit('owntracks', [{ ...report, trackerId }], bytes)
  if (end !== 'done') return turnedAway(end)
  // Removed between the check and here.
  return codes[0] === outcomeCode.unknown_tracker ? challenge : taken
}

/** RFC 7617. Null when the header is missing or something else. */
function parseBasic(
  header: string | readonly string[] | undefined,
): { user: string; password: string } | null {
  if (typeof header !== 'string') return null
  const match = /^basic +([A-Za-z0-9+/_-]+={0,2})$/i.exec(header)
  if (!match) return null
  const text = Buffer.from(match[1]!, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? null : { user: text.slice(0, colon), password: text.slice(colon + 1) }
}
