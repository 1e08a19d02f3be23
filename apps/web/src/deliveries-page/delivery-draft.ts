import type { Delivery, DeliverySize, Priority, Stop } from '@fleet/domain'
import { amsterdamDate, amsterdamMs, amsterdamTime, dateAfter } from '../i18n/amsterdam-day.ts'
import type { AddressValue } from './address-field.tsx'

/** A stop as it stands in the form: text, until it is checked. */
export interface StopDraft {
  readonly where: AddressValue
  /** `2026-11-23`. */
  readonly date: string
  /** `14:05`. */
  readonly from: string
  readonly to: string
  readonly contact: string
  readonly note: string
}

export interface DeliveryDraft {
  readonly pickup: StopDraft
  readonly dropoff: StopDraft
  readonly size: DeliverySize
  readonly priority: Priority
}

/** What is wrong, as the end of a key in en.ts (`form.fault.*`). */
export type StopFault = 'address' | 'place' | 'date' | 'from' | 'to' | 'order'
export type DraftFaults = Readonly<Record<'pickup' | 'dropoff', readonly StopFault[]>>

const quarterMs = 15 * 60_000

/** Ready now and there within the hour: most deliveries are. */
export function emptyDraft(nowMs: number): DeliveryDraft {
  const startMs = Math.ceil(nowMs / quarterMs) * quarterMs
  return {
    pickup: emptyStop(startMs, startMs + 2 * quarterMs),
    dropoff: emptyStop(startMs + quarterMs, startMs + 4 * quarterMs),
    size: 'small',
    priority: 'normal',
  }
}

const emptyStop = (fromMs: number, toMs: number): StopDraft => ({
  where: { address: '', point: null },
  ...windowFields(fromMs, toMs),
  contact: '',
  note: '',
})

const windowFields = (fromMs: number, toMs: number) => ({
  date: amsterdamDate(fromMs),
  from: amsterdamTime(fromMs),
  to: amsterdamTime(toMs),
})

export const draftOf = ({ pickup, dropoff, size, priority }: Delivery): DeliveryDraft => ({
  pickup: stopDraftOf(pickup),
  dropoff: stopDraftOf(dropoff),
  size,
  priority,
})

const stopDraftOf = ({ address, point, window, contact, note }: Stop): StopDraft => ({
  where: { address, point },
  ...windowFields(window.fromMs, window.toMs),
  contact,
  note,
})

/** `14:05`, also from `9:05`, `9.05` and `905`; anything else stays as it is, to be refused. */
export function readTime(text: string): string {
  const [, hour, minute] = /^(\d{1,2})[:.]?(\d{2})$/.exec(text.trim()) ?? []
  return hour === undefined ? text.trim() : `${hour.padStart(2, '0')}:${minute}`
}

/** The stop, or everything that is wrong with it. */
export function parseStopDraft(draft: StopDraft): Stop | readonly StopFault[] {
  const { where, date, contact, note } = draft
  const from = readTime(draft.from)
  const to = readTime(draft.to)
  const faults: StopFault[] = []
  if (where.address.trim() === '') faults.push('address')
  else if (where.point === null) faults.push('place')
  if (Number.isNaN(amsterdamMs(date))) faults.push('date')
  const fromMs = amsterdamMs(date, from)
  // Until 00:30 is after midnight.
  const toMs = to < from ? amsterdamMs(dateAfterIfReal(date), to) : amsterdamMs(date, to)
  if (!faults.includes('date')) {
    if (Number.isNaN(fromMs)) faults.push('from')
    if (Number.isNaN(toMs)) faults.push('to')
    // Nobody promises a window of most of a day: it is a slip of the keys.
    else if (toMs - fromMs > 16 * 3_600_000) faults.push('order')
  }
  if (faults.length > 0 || where.point === null) return faults
  return {
    address: where.address.trim(),
    point: where.point,
    window: { fromMs, toMs },
    contact: contact.trim(),
    note: note.trim(),
  }
}

const dateAfterIfReal = (date: string) => (Number.isNaN(amsterdamMs(date)) ? date : dateAfter(date, 1))

export const isStop = (parsed: Stop | readonly StopFault[]): parsed is Stop => 'address' in parsed
