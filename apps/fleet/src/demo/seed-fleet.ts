import { createHash } from 'node:crypto'
import {
  type BikeId,
  type BikeKind,
  type Command,
  type CourierId,
  type DeviceId,
  type ZoneId,
} from '@fleet/domain'
import { createTrackerId } from '../device/tracker-id.ts'
import { drawId } from './ids.ts'
import { demoZones } from './places.ts'
import type { Random } from './random.ts'
import { courierNames, fictionalPhone } from './texts.ts'

/** Chance that may be known, and chance that nobody may guess: who knows a tracker's id can send its fixes. */
export interface SeedChance {
  readonly random: Random
  readonly randomBytes: (count: number) => Uint8Array
}

/** A courier who rides, and the bike under them. */
export interface Rostered {
  readonly courierId: CourierId
  readonly bikeId: BikeId
  readonly name: string
  readonly onBreak: boolean
}

export interface FleetPlan {
  readonly create: readonly Command[]
  /** Shifts begin and bikes are taken: later than the creation. */
  readonly start: readonly Command[]
  readonly roster: readonly Rostered[]
}

export interface FleetSize {
  readonly bikes: number
  readonly couriers: number
  /** Of the couriers: on shift, with a bike. */
  readonly riding: number
  /** Numbers already taken by an earlier fleet. */
  readonly from: number
}

/** The fleet that a first start shows: of 64 couriers with a bike 4 are on a break, so 60 ride. */
export const demoFleet: FleetSize = { bikes: 76, couriers: 72, riding: 64, from: 0 }

/** Riders beyond the first fleet bring their own bikes. */
export const furtherFleet = (from: number, count: number): FleetSize => ({
  bikes: count,
  couriers: count,
  riding: count,
  from,
})

const kindOf = (index: number): BikeKind => (index % 5 === 1 ? 'cargo' : index % 5 < 4 ? 'e-cargo' : 'city')

/** Bikes with a tracker each, couriers, and who rides what. */
export function planFleet(size: FleetSize, { random, randomBytes }: SeedChance, nowMs: number): FleetPlan {
  const create: Command[] = []
  const start: Command[] = []
  const roster: Rostered[] = []
  const bikeIds: BikeId[] = []
  for (let index = size.from; index < size.from + size.bikes; index++) {
    const id = drawId<BikeId>(random, nowMs)
    const code = `AMS-${String(index + 1).padStart(4, '0')}`
    bikeIds.push(id)
    create.push({ type: 'bike.create', id, code, kind: kindOf(index), note: '' })
    create.push({
      type: 'device.create',
      id: drawId<DeviceId>(random, nowMs),
      trackerId: createTrackerId(randomBytes),
      name: `Tracker ${code}`,
      mount: { on: 'bike', bikeId: id },
      // Nobody needs the secret of a demo tracker: it is thrown away unseen.
      secretHash: createHash('sha256').update(randomBytes(32)).digest('hex'),
    })
  }
  for (let index = size.from; index < size.from + size.couriers; index++) {
    const id = drawId<CourierId>(random, nowMs)
    const name = courierName(index)
    create.push({ type: 'courier.create', id, name, phone: fictionalPhone(index + 1) })
    const place = index - size.from
    if (place >= size.riding) continue
    const bikeId = bikeIds[place]!
    const onBreak = size.from === 0 && place % 16 === 15
    start.push({ type: 'courier.shift', id, expectedVersion: null, event: 'start' })
    start.push({ type: 'courier.take_bike', id, expectedVersion: null, bikeId })
    if (onBreak) start.push({ type: 'courier.shift', id, expectedVersion: null, event: 'pause' })
    roster.push({ courierId: id, bikeId, name, onBreak })
  }
  if (size.from === 0) start.push(...parkedSteps(bikeIds.slice(size.riding)))
  return { create, start, roster }
}

/** First names and surnames of the list, combined anew when the list is used up. */
function courierName(index: number): string {
  const round = Math.floor(index / courierNames.length)
  const [first] = courierNames[index % courierNames.length]!.split(' ')
  if (round === 0) return courierNames[index]!
  const other = courierNames[(index + round * 7) % courierNames.length]!
  const suffix = round >= courierNames.length ? ` ${round}` : ''
  return `${first} ${other.slice(other.indexOf(' ') + 1)}${suffix}`
}

/** What the bikes that nobody rides are doing. */
function parkedSteps(bikeIds: readonly BikeId[]): Command[] {
  const states = [
    'charge',
    null,
    'service',
    'charge',
    null,
    null,
    'service',
    'charge',
    null,
    'report_missing',
    'charge',
    null,
    'service',
  ] as const
  return bikeIds.flatMap((id, index): Command[] => {
    const event = states[index % states.length]!
    return event ? [{ type: 'bike.step', id, expectedVersion: null, event }] : []
  })
}

export const planZones = (random: Random, nowMs: number): Command[] =>
  demoZones().map(({ name, kind, polygon }) => ({
    type: 'zone.create',
    id: drawId<ZoneId>(random, nowMs),
    name,
    kind,
    polygon,
  }))
