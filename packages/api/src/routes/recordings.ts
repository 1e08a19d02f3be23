import { dayMs } from '@fleet/domain'
import { z } from 'zod'
import * as s from '../schemas.ts'
import { byId, route, workshop, type Route } from './route.ts'

/** A request with these is stored in one go, beside what phones send. */
export const mostRecordedAtOnce = 5_000

const recordedFix = z.strictObject({
  timeMs: s.timeMs,
  ...s.point.shape,
  speedMps: z.number().min(0).max(1_000).nullable().default(null),
  headingDeg: z.number().min(0).lt(360).nullable().default(null),
  accuracyM: z.number().min(0).max(100_000).nullable().default(null),
  altitudeM: z.number().min(-500).max(20_000).nullable().default(null),
})
const inOrder = ({ fixes }: { fixes: readonly { timeMs: number }[] }) =>
  fixes.every((fix, i) => i === 0 || fix.timeMs >= fixes[i - 1]!.timeMs)
const within7Days = ({ fixes }: { fixes: readonly { timeMs: number }[] }) =>
  fixes.at(-1)!.timeMs - fixes[0]!.timeMs <= 7 * dayMs

const count = z.int().min(0)

/** What became of the fixes of a recording, or would. Each is counted once. */
export const recordingOutcome = z
  .object({
    /** New to the bike's history. */
    stored: count,
    /** There already, from this recording or from a tracker of the bike. */
    known: count,
    /** Of those that were new: how many are kept without being drawn as its way. */
    inaccurate: count,
    jump: count,
    /** Not taken: no clock is that far ahead. */
    future: count,
    /** Not taken: positions are not kept for so long. */
    tooOld: count,
  })
  .meta({ id: 'RecordingOutcome' })
export type RecordingOutcome = z.infer<typeof recordingOutcome>

export const recordingsRoutes = {
  importRecording: route({
    method: 'POST',
    path: '/api/bikes/:id/recordings',
    tag: 'Positions',
    summary:
      'Add a recorded ride to the history of a bike: each fix once, however often it is sent. With `check` it says what would become of it and stores nothing',
    roles: workshop,
    params: byId(s.bikeId),
    body: z
      .strictObject({
        /** Oldest first. */
        fixes: z.array(recordedFix).min(1).max(mostRecordedAtOnce),
        check: z.boolean().default(false),
      })
      .refine(inOrder, { path: ['fixes'], message: 'must be in the order of their times' })
      .refine(within7Days, { path: ['fixes'], message: 'must be within 7 days' }),
    bodyLimitBytes: 4 * 1024 * 1024,
    response: recordingOutcome,
    // No mutation in the table's sense: a fix is the same by its time and place, and needs no key.
    mutation: false,
  }),
} as const satisfies Record<string, Route>
