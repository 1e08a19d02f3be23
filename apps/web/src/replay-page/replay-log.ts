import type { ReplayEvents } from '@fleet/api'
import type { BikeId, CourierId } from '@fleet/domain'

export type ReplayDelivery = ReplayEvents['deliveries'][number]
export type ReplayIssue = ReplayEvents['issues'][number]
type Step = ReplayDelivery['steps'][number]
type Ride = ReplayEvents['rides'][number]

export const momentKinds = ['pickedUp', 'delivered', 'failed', 'issue'] as const
export type MomentKind = (typeof momentKinds)[number]

/** Something that happened. */
export interface Moment {
  readonly id: string
  readonly kind: MomentKind
  readonly atMs: number
  /** Null where nobody knows which bike it was. */
  readonly bikeId: BikeId | null
  readonly delivery: ReplayDelivery | null
  readonly issue: ReplayIssue | null
}

export interface CarriedDelivery {
  readonly delivery: ReplayDelivery
  /** On the bike, not still to be fetched. */
  readonly aboard: boolean
}

const kindOf: Partial<Record<Step['event'], MomentKind>> = {
  pick_up: 'pickedUp',
  deliver: 'delivered',
  fail: 'failed',
}

/** What happened in a window, and who had what at any moment of it. */
export class ReplayLog {
  readonly events: ReplayEvents
  /** Within the window, oldest first. */
  readonly moments: readonly Moment[]
  readonly #ridesOfCourier: ReadonlyMap<string, readonly Ride[]>
  readonly #ridesOfBike: ReadonlyMap<string, readonly Ride[]>

  constructor(events: ReplayEvents) {
    this.events = events
    this.#ridesOfCourier = Map.groupBy(events.rides, ({ courierId }) => courierId)
    this.#ridesOfBike = Map.groupBy(events.rides, ({ bikeId }) => bikeId)
    const steps = events.deliveries.flatMap((delivery) =>
      delivery.steps.flatMap((step, no): Moment[] => {
        const kind = kindOf[step.event]
        if (kind === undefined || step.atMs < events.fromMs) return []
        const bikeId = step.courierId === null ? null : this.bikeOf(step.courierId, step.atMs)
        return [{ id: `${delivery.id}-${no}`, kind, atMs: step.atMs, bikeId, delivery, issue: null }]
      }),
    )
    const issues = events.issues.map((issue): Moment => ({
      id: issue.id,
      kind: 'issue',
      atMs: issue.atMs,
      bikeId: this.#bikeOfIssue(issue),
      delivery: null,
      issue,
    }))
    this.moments = [...steps, ...issues].sort((a, b) => a.atMs - b.atMs)
  }

  /** Which bike a courier had. */
  bikeOf(courierId: CourierId, atMs: number): BikeId | null {
    return (this.#ridesOfCourier.get(courierId) ?? []).find(isAt(atMs))?.bikeId ?? null
  }

  /** Who rode a bike. */
  riderOf(bikeId: BikeId, atMs: number): CourierId | null {
    return (this.#ridesOfBike.get(bikeId) ?? []).find(isAt(atMs))?.courierId ?? null
  }

  /** What the rider of a bike had to bring: what was aboard first. */
  loadOf(bikeId: BikeId, atMs: number): readonly CarriedDelivery[] {
    const rider = this.riderOf(bikeId, atMs)
    if (rider === null) return []
    return this.events.deliveries
      .flatMap((delivery): CarriedDelivery[] => {
        const step = delivery.steps.findLast((past) => past.atMs <= atMs)
        if (step?.courierId !== rider) return []
        if (step.status !== 'picked_up' && step.status !== 'assigned') return []
        return [{ delivery, aboard: step.status === 'picked_up' }]
      })
      .sort((a, b) => Number(b.aboard) - Number(a.aboard))
  }

  /** The bike that a delivery or an issue was about, and when it was first about it. */
  bikeAbout(id: string): { readonly bikeId: BikeId; readonly atMs: number } | null {
    for (const { bikeId, atMs, delivery, issue } of this.moments)
      if (bikeId !== null && (delivery?.id === id || issue?.id === id)) return { bikeId, atMs }
    return null
  }

  #bikeOfIssue({ bikeId, courierId, deliveryId, atMs }: ReplayIssue): BikeId | null {
    if (bikeId !== null) return bikeId
    const about = this.events.deliveries.find(({ id }) => id === deliveryId)
    const rider = courierId ?? about?.steps.findLast((past) => past.atMs <= atMs)?.courierId ?? null
    return rider === null ? null : this.bikeOf(rider, atMs)
  }
}

const isAt =
  (atMs: number) =>
  ({ fromMs, toMs }: Ride) =>
    fromMs <= atMs && atMs < (toMs ?? Infinity)

/** The first moment after this time; undefined when there is none. */
export const momentAfter = (moments: readonly Moment[], atMs: number): Moment | undefined =>
  moments.find((moment) => moment.atMs > atMs)

/** The last moment before this time. */
export const momentBefore = (moments: readonly Moment[], atMs: number): Moment | undefined =>
  moments.findLast((moment) => moment.atMs < atMs)
