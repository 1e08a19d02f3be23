import { type Fix, type FixFlag, flagFix, type LatestFix } from '@fleet/domain'
import { type FixBatch, type ResolvedFix, storableAheadMs } from '@fleet/store'
import type { MarkerTable } from './marker-table.ts'
import { riddenM } from './ridden.ts'
import { outcomeCode, type Piece } from './submission.ts'

type Judged = { -readonly [K in keyof ResolvedFix]: ResolvedFix[K] }

/** Where the bikes stand, as far as the next fixes are judged by it. */
type Standing = Pick<MarkerTable, 'get'>

export interface Assembled {
  readonly batch: FixBatch
  /** The fixes of all pieces, in the order of arrival. */
  readonly fixes: readonly ResolvedFix[]
  /** Places in `fixes`, oldest fix first; null when the fixes of every bike arrived in that order. */
  readonly order: Uint32Array | null
}

/**
 * Builds what one commit stores: each fix with the bike and courier it counts for now, its flag, and the metres it
 * adds. The fixes of a bike are judged in the order of their times, each against the plausible one before it, the
 * first against the bike's marker.
 */
export function assembleBatch(pieces: readonly Piece[], markers: Standing, nowMs: number): Assembled {
  const fixes: Judged[] = []
  const heartbeats: FixBatch['heartbeats'][number][] = []
  for (const { submission, from, to, withHeartbeats } of pieces) {
    if (withHeartbeats) for (const heartbeat of submission.heartbeats) heartbeats.push(heartbeat)
    for (let i = from; i < to; i++) {
      const fix = submission.fixes[i]!
      const owner = submission.owners[i]!
      // One literal with one order of keys: all fixes share a hidden class in the loops behind.
      fixes.push({
        deviceNo: owner.deviceNo,
        bikeNo: owner.bikeNo,
        courierNo: owner.courierNo,
        timeMs: fix.timeMs,
        lat: fix.lat,
        lon: fix.lon,
        speedMps: fix.speedMps,
        headingDeg: fix.headingDeg,
        accuracyM: fix.accuracyM,
        altitudeM: fix.altitudeM,
        batteryPct: fix.batteryPct,
        charging: fix.charging,
        attributes: fix.attributes,
        flag: null,
        riddenM: 0,
      })
    }
  }
  if (judge(fixes, null, markers, nowMs))
    return { batch: { receivedAtMs: nowMs, fixes, heartbeats }, fixes, order: null }
  const order = orderByTime(fixes)
  judge(fixes, order, markers, nowMs)
  return { batch: { receivedAtMs: nowMs, fixes, heartbeats }, fixes, order }
}

function orderByTime(fixes: readonly Fix[]): Uint32Array {
  const order = new Uint32Array(fixes.length)
  for (let i = 0; i < order.length; i++) order[i] = i
  return order.sort((a, b) => fixes[a]!.timeMs - fixes[b]!.timeMs || a - b)
}

interface Chain {
  /** The newest plausible fix so far, or the marker. */
  link: Pick<Fix, 'lat' | 'lon' | 'timeMs' | 'accuracyM'> | null
  lastMs: number
}

/**
 * Sets `flag` and `riddenM` of every fix.
 *
 * @returns false when the fixes of a bike did not come in the order of their times: nothing is to be believed then.
 *   That is rare (requests of one phone that overtook each other), and sorting costs more than all the rest here.
 */
function judge(
  fixes: readonly Judged[],
  order: Uint32Array | null,
  markers: Standing,
  nowMs: number,
): boolean {
  const chains = new Map<number, Chain>()
  for (let i = 0; i < fixes.length; i++) {
    const fix = fixes[order === null ? i : order[i]!]!
    const { bikeNo, timeMs } = fix
    fix.riddenM = 0
    if (bikeNo === null) {
      fix.flag = flagFix(fix, null, nowMs)
      continue
    }
    let chain = chains.get(bikeNo)
    if (chain === undefined) chains.set(bikeNo, (chain = { link: markers.get(bikeNo), lastMs: timeMs }))
    else if (timeMs < chain.lastMs) return false
    chain.lastMs = timeMs
    const { link } = chain
    fix.flag = flagFix(fix, link, nowMs)
    if (fix.flag !== null) continue
    if (link === null) chain.link = fix
    else if (timeMs > link.timeMs) {
      fix.riddenM = riddenM(link, fix)
      chain.link = fix
    }
  }
  return true
}

/** The outcome code of a fix, given whether history took it now. */
export function codeOf(fix: ResolvedFix, stored: boolean, receivedAtMs: number): number {
  if (stored) return fix.flag === null ? outcomeCode.stored : flagCodes[fix.flag]
  return fix.timeMs > receivedAtMs + storableAheadMs ? outcomeCode.too_far_ahead : outcomeCode.duplicate
}

const flagCodes: Readonly<Record<FixFlag, number>> = {
  inaccurate: outcomeCode.inaccurate,
  jump: outcomeCode.jump,
  future: outcomeCode.future,
}

export interface MovedMarkers {
  /** The newest of each bike whose marker moved. */
  readonly moved: readonly LatestFix[]
  /**
   * A fix newer than our marker was in history already: another instance stored it, or a commit of ours whose outcome
   * we never learned. Our markers are behind the database's.
   */
  readonly behind: boolean
}

/** What the store did to the markers with this batch, by the same rules (`planMarkers` of the store). */
export function moveMarkers(
  { batch, fixes, order }: Assembled,
  stored: readonly boolean[],
  markers: MarkerTable,
): MovedMarkers {
  const newest = new Map<number, { fix: ResolvedFix; riddenM: number }>()
  let behind = false
  for (let i = 0; i < fixes.length; i++) {
    const at = order === null ? i : order[i]!
    const fix = fixes[at]!
    const { bikeNo } = fix
    if (bikeNo === null || fix.flag !== null) continue
    const known = newest.get(bikeNo)
    const standsAtMs = known ? known.fix.timeMs : (markers.get(bikeNo)?.timeMs ?? -Infinity)
    if (fix.timeMs <= standsAtMs) continue
    if (stored[at] !== true) behind = true
    else if (known) {
      known.fix = fix
      known.riddenM += fix.riddenM
    } else newest.set(bikeNo, { fix, riddenM: fix.riddenM })
  }
  const moved: LatestFix[] = []
  for (const [bikeNo, { fix, riddenM }] of newest)
    moved.push({
      bikeNo,
      courierNo: fix.courierNo,
      deviceNo: fix.deviceNo,
      timeMs: fix.timeMs,
      receivedAtMs: batch.receivedAtMs,
      lat: fix.lat,
      lon: fix.lon,
      speedMps: fix.speedMps,
      headingDeg: fix.headingDeg,
      accuracyM: fix.accuracyM,
      altitudeM: fix.altitudeM,
      batteryPct: fix.batteryPct,
      charging: fix.charging,
      odometerM: (markers.get(bikeNo)?.odometerM ?? 0) + riddenM,
    })
  return { moved: markers.learn(moved), behind }
}
