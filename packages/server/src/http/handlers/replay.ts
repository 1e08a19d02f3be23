import { encodeTrack, type ReplayEvents } from '@fleet/api'
import { type Bike, countMoving, type Delivery, ridesOf, type TimelineEntry } from '@fleet/domain'
import type { Page } from '@fleet/store'
import type { Handlers } from '../call.ts'
import type { HandlerDeps } from './deps.ts'

/** What one answer holds over all bikes: some 4 MB. */
const maxPlaces = 300_000
/** No bike needs more places than a screen has columns. */
const maxPlacesABike = 1_500
const minStepMs = 1_000

type Step = ReplayEvents['deliveries'][number]['steps'][number]

export function replayHandlers({
  store,
}: HandlerDeps): Pick<Handlers, 'replay' | 'replayActivity' | 'replayEvents'> {
  return {
    async replay(call) {
      const { fromMs, toMs, lookBackMs } = call.query
      const bikeNos = await wanted(call.query.bikeNos)
      const perBike = Math.min(maxPlacesABike, Math.floor(maxPlaces / Math.max(1, bikeNos.length)))
      const stepMs = Math.max(call.query.stepMs, minStepMs, Math.ceil((toMs - fromMs) / perBike))
      const tracks = await store.tracks({ bikeNos, fromMs, toMs, stepMs, lookBackMs })
      return {
        body: {
          fromMs,
          toMs,
          stepMs,
          tracks: tracks.map((track) => ({ bikeNo: track.bikeNo, ...encodeTrack(track, fromMs) })),
        },
      }
    },

    async replayActivity(call) {
      const { fromMs, toMs, slots } = call.query
      const bikeNos = await wanted(call.query.bikeNos)
      const stepMs = Math.max(minStepMs, Math.floor((toMs - fromMs) / slots))
      const tracks = await store.tracks({ bikeNos, fromMs, toMs, stepMs })
      return { body: { fromMs, toMs, moving: [...countMoving(tracks, { fromMs, toMs }, slots)] } }
    },

    async replayEvents(call) {
      const { fromMs, toMs } = call.query
      const { deliveries, issues, states } = await store.replayData(fromMs, toMs)
      return {
        body: {
          fromMs,
          toMs,
          deliveries: deliveries.map((delivery) => ({
            id: delivery.id,
            code: delivery.code,
            pickup: placeOf(delivery.pickup),
            dropoff: placeOf(delivery.dropoff),
            steps: stepsOf(delivery, toMs),
          })),
          issues: issues.map(({ id, kind, description, createdAtMs, bikeId, courierId, deliveryId }) => ({
            id,
            kind,
            description,
            atMs: createdAtMs,
            bikeId,
            courierId,
            deliveryId,
          })),
          rides: ridesOf(states),
        },
      }
    },
  }

  async function wanted(named: readonly number[] | undefined): Promise<number[]> {
    if (named) return [...new Set(named)]
    const numbers: number[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Page<Bike> = await store.list('bike', {
        limit: 500,
        ...(cursor === '' ? {} : { cursor }),
      })
      for (const { no } of page.items) numbers.push(no)
      cursor = page.nextCursor
    }
    return numbers
  }
}

const placeOf = ({ address, point }: Delivery['pickup']) => ({ address, point })

/** Without corrections and the like, which move nothing. */
const isStep = (entry: TimelineEntry): entry is TimelineEntry & Step =>
  entry.event !== 'edit' && entry.event !== 'rate' && entry.event !== 'wrong_pin'

const stepsOf = ({ timeline }: Delivery, toMs: number): readonly Step[] =>
  timeline
    .filter(isStep)
    .filter(({ atMs }) => atMs < toMs)
    .map(({ atMs, event, status, courierId }) => ({ atMs, event, status, courierId }))
