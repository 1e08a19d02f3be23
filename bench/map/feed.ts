import type { ChangeMessage, LiveSnapshot, Marker } from '@fleet/api'
import {
  bearingDeg,
  type Bike,
  type BikeStatus,
  type Courier,
  createId,
  type Delivery,
  destination,
  type Device,
  distanceM,
  type Entity,
  type Issue,
  type LatestFix,
  type Point,
  type Position,
  type Stop,
  type Zone,
} from '@fleet/domain'
import { customerAddresses, depots, restaurants, streetGraph, type StreetNode } from '@fleet/domain/amsterdam'

/** A fleet that rides over our own streets, from a seed: the same one each run. */
export interface Feed {
  snapshot(nowMs: number): LiveSnapshot
  /** Moves everything on and gives what changed. */
  step(nowMs: number): readonly Marker[]
  /** A row that is changed now and then, as dispatchers do. */
  change(nowMs: number): ChangeMessage
  positions(bikeId: string, fromMs: number, toMs: number): readonly Position[]
}

interface Rider {
  readonly bike: Bike
  node: StreetNode
  edge: StreetNode['edges'][number]
  alongM: number
  speedMps: number
  fix: LatestFix
}

const moving = 0.62
const firstNames = [
  'Sanne',
  'Daan',
  'Fatima',
  'José',
  'Lotte',
  'Youssef',
  'Emma',
  'Ravi',
  'Noor',
  'Milan',
  'Ayşe',
  'Tom',
]
const lastNames = [
  'de Vries',
  'Jansen',
  'El Amrani',
  'Bakker',
  'Visser',
  'Peters',
  'Okafor',
  'van Dijk',
  'Meijer',
  'Yıldız',
]

/** mulberry32: small, fast, good enough for a picture. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** @param allMoving every bike rides: the load that the map is measured under */
export function createFeed(count: number, startMs: number, seed = 7, allMoving = false): Feed {
  const random = createRandom(seed)
  const bytes = () => Uint8Array.from({ length: 10 }, () => Math.floor(random() * 256))
  const id = <T extends string>() => createId(startMs, bytes()) as string as T
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!
  const entity = (): Entity => ({ version: 1, createdAtMs: startMs, updatedAtMs: startMs, demo: true })
  const graph = [...streetGraph().values()].filter((node) => node.edges.length > 0)
  const byId = new Map(graph.map((node) => [node.id, node]))

  const statusOf = (): BikeStatus => {
    const roll = allMoving ? 0 : random()
    if (roll < moving) return 'in_use'
    if (roll < 0.82) return 'available'
    if (roll < 0.91) return 'charging'
    return roll < 0.97 ? 'maintenance' : 'missing'
  }
  const riders = Array.from({ length: count }, (_, i): Rider => {
    const status = statusOf()
    const node = pick(graph)
    const edge = pick(node.edges)
    const no = i + 1
    const bike: Bike = {
      id: id<Bike['id']>(),
      no,
      code: `AMS-${String(no).padStart(4, '0')}`,
      kind: random() < 0.7 ? 'city' : random() < 0.5 ? 'cargo' : 'e-cargo',
      status,
      note: i === 3 ? 'New brake pads on 12 March. Rattling mudguard at the back.' : '',
      ...entity(),
    }
    const alongM = random() * edge.lengthM
    const at = pointAlong(edge.points, alongM).at
    const ageMs =
      status === 'in_use'
        ? random() * 1_000
        : status === 'missing'
          ? 5_400_000 * random()
          : random() * 240_000
    return {
      bike,
      node,
      edge,
      alongM,
      speedMps: status === 'in_use' ? 3.5 + random() * 4 : 0,
      fix: {
        bikeNo: no,
        courierNo: null,
        deviceNo: no,
        timeMs: Math.round(startMs - ageMs),
        receivedAtMs: startMs,
        ...at,
        speedMps: 0,
        headingDeg: random() * 359,
        accuracyM: 4 + random() * 8,
        altitudeM: null,
        batteryPct: Math.round(5 + random() * 95),
        charging: status === 'charging',
        odometerM: Math.round(random() * 4_000_000),
      },
    }
  })

  const couriers = riders
    .filter(({ bike }) => bike.status === 'in_use')
    .map(({ bike }, i): Courier => ({
      id: id<Courier['id']>(),
      no: i + 1,
      name: `${pick(firstNames)} ${pick(lastNames)}`,
      phone: `+31 6 ${String(10_000_000 + Math.floor(random() * 89_999_999)).replace(/(\d{4})(?=\d)/g, '$1 ')}`,
      shift: random() < 0.92 ? 'on' : 'break',
      bikeId: bike.id,
      ...entity(),
    }))
  const kitchens = restaurants()
  const homes = customerAddresses()
  const stop = (address: string, point: Point, fromMs: number): Stop => ({
    address,
    point,
    window: { fromMs, toMs: fromMs + 20 * 60_000 },
    contact: '',
    note: '',
  })
  const deliveries = couriers
    .filter(() => random() < 0.7)
    .map((courier, i): Delivery => {
      const kitchen = pick(kitchens)
      const home = pick(homes)
      const fromMs = startMs - 15 * 60_000 + random() * 20 * 60_000
      return {
        id: id<Delivery['id']>(),
        code: `D-${String(i + 1).padStart(6, '0')}`,
        status: random() < 0.6 ? 'picked_up' : 'assigned',
        courierId: courier.id,
        pickup: stop(`${kitchen.name}, ${kitchen.address.label}`, kitchen.address.at, fromMs - 20 * 60_000),
        dropoff: stop(home.label, home.at, fromMs),
        size: 'small',
        priority: random() < 0.8 ? 'normal' : random() < 0.6 ? 'high' : 'urgent',
        failureReason: null,
        timeline: [],
        rating: null,
        complaint: null,
        pinRequired: false,
        pinFailures: 0,
        proof: null,
        ...entity(),
      }
    })
  const issues = riders
    .filter(({ bike }, i) => bike.status === 'maintenance' || i % 37 === 3)
    .map(({ bike }): Issue => ({
      id: id<Issue['id']>(),
      kind: 'bike_problem',
      reporter: 'courier',
      status: random() < 0.6 ? 'open' : 'in_progress',
      description: 'Rear brake drags and squeals on every stop.',
      bikeId: bike.id,
      courierId: null,
      deliveryId: null,
      photoId: null,
      comments: [],
      ...entity(),
    }))
  const circle = (centre: Point, radiusM: number) =>
    Array.from({ length: 12 }, (_, i) => destination(centre, i * 30, radiusM))
  const zone = (name: string, kind: Zone['kind'], polygon: readonly Point[]): Zone => ({
    id: id<Zone['id']>(),
    name,
    kind,
    polygon,
    ...entity(),
  })
  const zones = [
    zone('Amsterdam', 'service_area', circle({ lat: 52.365, lon: 4.9 }, 6_500)),
    ...depots().map(({ name, address }) => zone(name, 'depot', circle(address.at, 140))),
    zone('Kalverstraat', 'no_ride', circle({ lat: 52.3702, lon: 4.8918 }, 130)),
    zone('Vondelpark', 'slow', circle({ lat: 52.358, lon: 4.8686 }, 420)),
    zone('Leidseplein', 'traffic', circle({ lat: 52.3641, lon: 4.8828 }, 160)),
  ]
  const devices = riders.map(({ bike }, i): Device => ({
    id: id<Device['id']>(),
    no: i + 1,
    trackerId: `bike-${String(i + 1).padStart(5, '0')}-${Math.floor(random() * 1e9).toString(36)}`,
    name: `Tracker ${bike.code}`,
    mount: { on: 'bike', bikeId: bike.id },
    ...entity(),
  }))

  let lastMs = startMs
  let seq = 1
  const bikeVersions = new Map<string, number>()
  return {
    // The schema's arrays are mutable, ours are not; nobody writes to either.
    snapshot: (nowMs) =>
      ({
        type: 'snapshot',
        seq: String(seq),
        logId: 'bench',
        serverTimeMs: nowMs,
        bikes: riders.map(({ bike }) => bike),
        couriers,
        deliveries,
        issues,
        zones,
        devices,
        latest: riders.map(({ fix }) => fix),
      }) as unknown as LiveSnapshot,
    step(nowMs) {
      const elapsedS = (nowMs - lastMs) / 1000
      lastMs = nowMs
      const moved: Marker[] = []
      for (const rider of riders) {
        if (rider.speedMps === 0) continue
        rider.alongM += rider.speedMps * elapsedS
        while (rider.alongM >= rider.edge.lengthM) {
          rider.alongM -= rider.edge.lengthM
          const from = rider.node.id
          rider.node = byId.get(rider.edge.to)!
          const onward = rider.node.edges.filter(({ to }) => to !== from)
          rider.edge = pick(onward.length > 0 ? onward : rider.node.edges)
        }
        const { at, bearing } = pointAlong(rider.edge.points, rider.alongM)
        rider.fix = {
          ...rider.fix,
          // To the right of the middle, as one rides here.
          ...destination(at, bearing + 90, 3),
          timeMs: Math.round(nowMs),
          receivedAtMs: Math.round(nowMs),
          speedMps: rider.speedMps,
          headingDeg: bearing,
          odometerM: rider.fix.odometerM + rider.speedMps * elapsedS,
        }
        moved.push(rider.fix)
      }
      return moved
    },
    change(nowMs) {
      const { bike } = pick(riders)
      const version = (bikeVersions.get(bike.id) ?? bike.version) + 1
      bikeVersions.set(bike.id, version)
      return {
        seq: String(++seq),
        atMs: Math.round(nowMs),
        kind: 'bike',
        id: bike.id,
        version,
        entity: { ...bike, version },
        command: 'bike.update',
        actorId: null,
        actor: 'bench',
      }
    },
    positions(bikeId, fromMs, toMs) {
      const rider = riders.find(({ bike }) => bike.id === bikeId)
      return rider === undefined ? [] : historyOf(rider, graph, fromMs, toMs)
    },
  }
}

/** A made-up past that ends where the bike is: backwards over the streets, one fix every ten seconds. */
function historyOf(rider: Rider, graph: readonly StreetNode[], fromMs: number, toMs: number): Position[] {
  const byId = new Map(graph.map((node) => [node.id, node]))
  const random = createRandom(rider.bike.no)
  const positions: Position[] = []
  let points = rider.edge.points
  let alongM = rider.alongM
  let towards = rider.node.id
  const endMs = Math.min(toMs, rider.fix.timeMs)
  for (let timeMs = endMs - 10_000; timeMs > fromMs; timeMs -= 10_000) {
    const speedMps = rider.speedMps === 0 ? 0 : 2 + random() * 6
    alongM -= speedMps * 10
    while (alongM < 0) {
      const node = byId.get(towards)!
      const edge = node.edges[Math.floor(random() * node.edges.length)]!
      points = edge.points.toReversed()
      alongM += edge.lengthM
      towards = edge.to
    }
    const { at, bearing } = pointAlong(points, alongM)
    const { bikeNo: _, odometerM: __, ...fix } = rider.fix
    positions.push({
      ...fix,
      ...destination(at, bearing + 90, 3),
      timeMs: Math.round(timeMs),
      receivedAtMs: Math.round(timeMs) + 120,
      speedMps,
      headingDeg: bearing,
      attributes: null,
      bikeNo: rider.bike.no,
      flag: random() < 0.01 ? 'inaccurate' : null,
    })
  }
  return positions.toReversed()
}

function pointAlong(points: readonly Point[], alongM: number): { at: Point; bearing: number } {
  let leftM = alongM
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1]!, points[i]!]
    const lengthM = distanceM(a, b)
    if (leftM <= lengthM || i === points.length - 1) {
      const bearing = bearingDeg(a, b)
      return { at: destination(a, bearing, Math.min(leftM, lengthM)), bearing }
    }
    leftM -= lengthM
  }
  return { at: points[0]!, bearing: 0 }
}
