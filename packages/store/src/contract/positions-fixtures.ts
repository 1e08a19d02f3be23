import { type LatestFix, type Position, dayMs } from '@fleet/domain'
import type { PositionOwners, PositionStore } from '../positions-port.ts'
import type { FixBatch, HistoryQuery, ResolvedFix } from '../port.ts'

export type Positions = Omit<PositionStore<never>, 'allLatestIn' | 'clearFor'>

/** One database with one instance of the app on it. */
export interface PositionsUnderTest {
  readonly positions: Positions
  /** Another instance of the app on the same database, with connections and a memory of its own. */
  another(): Promise<Positions>
  allLatest(): Promise<readonly LatestFix[]>
  clearFor(owners: PositionOwners): Promise<void>
  close(): Promise<void>
}

export const noonMs = Date.UTC(2025, 5, 15, 12)
export const nobody = { bikeNos: [], courierNos: [], deviceNos: [] }

// Numbers of their own for each test: all tests share one database.
let lastNo = 0
export const nextNo = () => (lastNo += 1)

export function makeFix(
  deviceNo: number,
  secondsAfterNoon: number,
  more: Partial<ResolvedFix> = {},
): ResolvedFix {
  return {
    deviceNo,
    bikeNo: deviceNo,
    courierNo: null,
    lat: 52.3731234,
    lon: 4.8926789,
    timeMs: noonMs + secondsAfterNoon * 1000,
    speedMps: 5.25,
    headingDeg: 90,
    accuracyM: 4,
    altitudeM: null,
    batteryPct: 80,
    charging: false,
    attributes: null,
    flag: null,
    riddenM: 10,
    ...more,
  }
}

export function makeBatch(fixes: readonly ResolvedFix[], more: Partial<FixBatch> = {}): FixBatch {
  return { receivedAtMs: noonMs + 3_600_000, fixes, heartbeats: [], ...more }
}

export function around(query: Partial<HistoryQuery>): HistoryQuery {
  return { fromMs: noonMs - dayMs, toMs: noonMs + dayMs, limit: 10_000, ...query }
}

export async function readAll(positions: Positions, query: HistoryQuery): Promise<readonly Position[]> {
  const all: Position[] = []
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<Positions['history']>> = await positions.history(
      cursor === null ? query : { ...query, cursor },
    )
    all.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== null)
  return all
}

export function secondsOf(positions: readonly Position[]): readonly number[] {
  return positions.map((position) => (position.timeMs - noonMs) / 1000)
}

export async function markerOf(db: PositionsUnderTest, bikeNo: number): Promise<LatestFix | null> {
  return (await db.allLatest()).find((latest) => latest.bikeNo === bikeNo) ?? null
}
