import type { ServiceEntry, ServiceKind } from '@fleet/domain'
import { amsterdamDate, amsterdamMs } from '../i18n/amsterdam-day.ts'

/** An entry of a service book as it is typed. */
export interface ServiceDraft {
  readonly kind: ServiceKind
  readonly date: string
  readonly cost: string
  readonly odometer: string
  readonly note: string
  readonly dueDate: string
  readonly dueKm: string
}

export type ServiceFields = Pick<
  ServiceEntry,
  'kind' | 'atMs' | 'costCents' | 'odometerKm' | 'note' | 'dueMs' | 'dueKm'
>
export type ServiceFault = 'date' | 'cost' | 'odometer' | 'dueDate' | 'dueKm'

const mostCents = 1_000_000_000
const mostKm = 10_000_000
/** In the middle of the day, so that no clock change makes it another day. */
const noon = '12:00'

/** Euros with comma or point, `1.250,50` too; null when it is none. */
export function parseCents(text: string): number | null {
  const plain = text.trim().replace(/^€\s*/, '')
  if (plain === '') return 0
  // A separator with three digits behind it parts thousands, any other parts cents.
  const match = /^(\d{1,3}(?:[.,\s]\d{3})+|\d+)(?:[.,](\d{1,2}))?$/.exec(plain)
  if (match === null) return null
  const cents = Number(match[1]!.replace(/[.,\s]/g, '')) * 100 + Number((match[2] ?? '').padEnd(2, '0'))
  return cents <= mostCents ? cents : null
}

/** Kilometres; null for nothing, NaN for what is no number. */
function parseKm(text: string): number | null {
  const plain = text.trim().replace(',', '.')
  if (plain === '') return null
  const km = /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : Number.NaN
  return km <= mostKm ? km : Number.NaN
}

/** All that is wrong at once, or the fields as the server takes them. */
export function parseServiceDraft(draft: ServiceDraft): ServiceFields | readonly ServiceFault[] {
  const atMs = amsterdamMs(draft.date, noon)
  const costCents = parseCents(draft.cost)
  const odometerKm = parseKm(draft.odometer)
  const dueMs = draft.dueDate === '' ? null : amsterdamMs(draft.dueDate, noon)
  const dueKm = parseKm(draft.dueKm)
  const faults: ServiceFault[] = []
  if (Number.isNaN(atMs)) faults.push('date')
  if (costCents === null) faults.push('cost')
  if (Number.isNaN(odometerKm)) faults.push('odometer')
  if (dueMs !== null && (Number.isNaN(dueMs) || dueMs < atMs)) faults.push('dueDate')
  if (Number.isNaN(dueKm) || (dueKm !== null && odometerKm !== null && dueKm < odometerKm))
    faults.push('dueKm')
  return costCents === null || faults.length > 0
    ? faults
    : { kind: draft.kind, atMs, costCents, odometerKm, note: draft.note.trim(), dueMs, dueKm }
}

export const isServiceFields = (parsed: ServiceFields | readonly ServiceFault[]): parsed is ServiceFields =>
  !Array.isArray(parsed)

/** @param odometerM what the tracker says now; null when it never said */
export const emptyServiceDraft = (nowMs: number, odometerM: number | null): ServiceDraft => ({
  kind: 'inspection',
  date: amsterdamDate(nowMs),
  cost: '',
  odometer: odometerM === null ? '' : String(Math.round(odometerM / 1000)),
  note: '',
  dueDate: '',
  dueKm: '',
})

export const serviceDraftOf = (entry: ServiceEntry): ServiceDraft => ({
  kind: entry.kind,
  date: amsterdamDate(entry.atMs),
  cost: entry.costCents === 0 ? '' : (entry.costCents / 100).toFixed(2),
  odometer: entry.odometerKm === null ? '' : String(entry.odometerKm),
  note: entry.note,
  dueDate: entry.dueMs === null ? '' : amsterdamDate(entry.dueMs),
  dueKm: entry.dueKm === null ? '' : String(entry.dueKm),
})
