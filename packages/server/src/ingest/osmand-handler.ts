import { parseOsmAnd, type TrackerBody } from '../trackers/index.ts'
import { type Answer, textAnswer, turnedAway } from './answer.ts'
import type { Ingest } from './ingest.ts'
import { outcomeCode } from './submission.ts'

const taken: Answer = { status: 200, type: null, body: '', headers: null }
/** An object in the queue, without its text. */
const reportBytes = 500

/**
 * One request of the OsmAnd protocol, from whichever server it came. There is no password: the tracker's id is the
 * secret, which is why generated ids are long and random.
 *
 * 200: durable (or known already). 400: cannot be read, or no such tracker. 404: no such tracker, JSON form. 503: send
 * it again.
 *
 * @param query of the URL, without `?`
 * @param timeZone IANA name, for times that name no zone
 */
export async function answerOsmAnd(
  ingest: Ingest,
  method: string,
  query: string,
  contentType: string | undefined,
  body: TrackerBody,
  timeZone: string,
): Promise<Answer> {
  const parsed = parseOsmAnd({ method, query, contentType, body }, ingest.now(), timeZone)
  if (!parsed.ok) {
    ingest.refusals.refused('osmand', parsed.trackerId, parsed.message)
    return textAnswer(parsed.status, parsed.message)
  }
  const { reports, unknownTrackerStatus } = parsed
  const bytes = query.length + (body?.length ?? 0) + reports.length * reportBytes
  const { end, codes } = await ingest.submit('osmand', reports, bytes)
  if (end !== 'done') return turnedAway(end)
  // A request is of one tracker: it is known for all reports or for none.
  if (codes[0] === outcomeCode.unknown_tracker)
    return textAnswer(
      unknownTrackerStatus,
      'No tracker with this id is registered: register it in the app, then send this again.',
    )
  return taken
}
