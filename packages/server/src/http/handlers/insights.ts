import {
  countInsights,
  daySpan,
  hourSpan,
  issueKinds,
  workedShifts,
  type CourierId,
  type InsightGroup,
  dayMs,
} from '@fleet/domain'
import type { Handlers } from '../call.ts'
import type { HandlerDeps } from './deps.ts'
import { checkOwnCourier } from './own.ts'

export function insightHandlers({ store, now }: HandlerDeps): Pick<Handlers, 'insights' | 'courierShifts'> {
  return {
    async insights(call) {
      const { fromMs, toMs, by } = call.query
      const data = await store.insightData(fromMs, toMs)
      const spanOf = (of: 'hour' | 'day', timeMs: number) =>
        of === 'hour' ? hourSpan(timeMs) : daySpan(timeMs)
      const { total, rows } = countInsights({ ...data, fromMs, toMs, nowMs: now(), by, spanOf })
      return {
        body: {
          fromMs,
          toMs,
          total: { ...total, filter: { endedFromMs: fromMs, endedToMs: toMs } },
          rows: rows.map(({ fromMs: endedFromMs, toMs: endedToMs, ...row }) => ({
            ...row,
            filter: { endedFromMs, endedToMs, ...filterOf(by, row.key) },
          })),
          issues: issueKinds.map((kind) => ({
            kind,
            count: data.issues.filter((issue) => issue.kind === kind).length,
            filter: { kind, fromMs, toMs },
          })),
        },
      }
    },

    async courierShifts(call) {
      const { id } = call.params
      checkOwnCourier(call.signedIn, id)
      const { fromMs, toMs } = call.query
      // Also what ends a shift that begins late in the span; nobody works for longer than two days.
      const states = await store.courierStates(id, fromMs - 2 * dayMs, toMs + 2 * dayMs)
      const items = workedShifts(states, now()).filter(
        (shift) => shift.fromMs >= fromMs && shift.fromMs < toMs,
      )
      return { body: { items } }
    },
  }
}

function filterOf(by: InsightGroup, key: string): { courierId?: CourierId; district?: string } {
  if (by === 'courier') return { courierId: key as CourierId }
  return by === 'district' ? { district: key } : {}
}
