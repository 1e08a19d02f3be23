import { dayMs, flagFix, hourMs, type Position } from '@fleet/domain'
import type { Page, ResolvedFix, Store } from '@fleet/store'
import { riddenM } from '../../ingest/ridden.ts'
import type { Handlers } from '../call.ts'
import { HttpProblem } from '../problem.ts'
import type { HandlerDeps } from './deps.ts'

/**
 * History has a tracker for every fix. A recording has none: all recordings of a bike count as one, with a number that no
 * tracker gets, since those are counted from 1.
 */
const recorderNo = (bikeNo: number): number => 1_000_000_000 + bikeNo

/** How long before its first fix a ride may have been somewhere that it cannot have come from. */
const lookBackMs = hourMs

export function recordingHandlers({
  store,
  now,
  positionsDays,
}: HandlerDeps): Pick<Handlers, 'importRecording'> {
  return {
    async importRecording(call) {
      const bike = await store.get('bike', call.params.id)
      if (!bike) throw new HttpProblem('not_found', 'There is no such bike.')
      const { fixes, check } = call.body
      const nowMs = now()
      const keptFromMs = nowMs - positionsDays * dayMs
      const outcome = { stored: 0, known: 0, inaccurate: 0, jump: 0, future: 0, tooOld: 0 }
      const { seen, before } = await readHistory(store, bike.no, fixes[0]!.timeMs, fixes.at(-1)!.timeMs)

      const added: ResolvedFix[] = []
      let link: Parameters<typeof flagFix>[1] = before
      for (const fix of fixes) {
        if (fix.timeMs < keptFromMs) {
          outcome.tooOld++
          continue
        }
        const flag = flagFix(fix, link, nowMs)
        if (flag === 'future') {
          outcome.future++
          continue
        }
        const place = placeOf(fix)
        if (seen.has(place)) outcome.known++
        else {
          seen.add(place)
          added.push({
            ...fix,
            deviceNo: recorderNo(bike.no),
            bikeNo: bike.no,
            courierNo: null,
            batteryPct: null,
            charging: null,
            attributes: null,
            flag,
            riddenM: flag === null && link !== null ? riddenM(link, fix) : 0,
          })
        }
        if (flag === null) link = fix
      }
      const stored = check || added.length === 0 ? added : await append(added, nowMs)
      outcome.stored = stored.length
      for (const { flag } of stored) if (flag === 'inaccurate' || flag === 'jump') outcome[flag]++
      if (stored.length < added.length) {
        // Somebody else has stored them meanwhile, or the database keeps positions for a shorter time than we thought.
        const { seen: there } = await readHistory(store, bike.no, fixes[0]!.timeMs, fixes.at(-1)!.timeMs)
        const refused = added.filter((fix) => !there.has(placeOf(fix))).length
        outcome.tooOld += refused
        outcome.known += added.length - stored.length - refused
      }
      return { body: outcome }
    },
  }

  /** @returns those that history did not hold */
  async function append(added: readonly ResolvedFix[], nowMs: number): Promise<readonly ResolvedFix[]> {
    const { stored } = await store.appendFixes({ receivedAtMs: nowMs, fixes: added, heartbeats: [] })
    return added.filter((_, i) => stored[i])
  }
}

/** Where and when a bike was, as history tells two fixes apart. */
const placeOf = ({ timeMs, lat, lon }: Pick<Position, 'timeMs' | 'lat' | 'lon'>): string =>
  `${Math.round(timeMs)}/${Math.round(lat * 1e7)}/${Math.round(lon * 1e7)}`

/** The places that the bike was at in the time of a recording, and the last plausible fix before it. */
async function readHistory(
  store: Store,
  bikeNo: number,
  firstMs: number,
  lastMs: number,
): Promise<{ seen: Set<string>; before: Position | null }> {
  const seen = new Set<string>()
  let before: Position | null = null
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: Page<Position> = await store.history({
      bikeNo,
      fromMs: Math.max(0, firstMs - lookBackMs),
      toMs: lastMs + 1,
      limit: 10_000,
      ...(cursor === '' ? {} : { cursor }),
    })
    for (const fix of page.items) {
      if (fix.timeMs >= firstMs) seen.add(placeOf(fix))
      else if (fix.flag === null) before = fix
    }
    cursor = page.nextCursor
  }
  return { seen, before }
}
