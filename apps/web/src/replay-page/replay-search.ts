import { hourMs, minuteMs } from '@fleet/domain'
import { amsterdamDate, amsterdamMs, amsterdamTime, dateAfter, isDate } from '../i18n/amsterdam-day.ts'
import { definedOnly, textParameter } from '../list-page/search-parameters.ts'
import { parseMapView } from '../map/map-view.ts'

export const speeds = [1, 2, 5, 10, 30, 60, 120] as const
export type Speed = (typeof speeds)[number]
export const firstSpeed: Speed = 10

/** What the address says of the Replay page: enough to show a colleague the same moment. */
export interface ReplaySearch {
  /** `2026-11-23`: the day on which the window begins. */
  readonly date?: string
  /** `14:05`. */
  readonly from?: string
  /** `15:05`; not later than `from`, it is of the day after. */
  readonly to?: string
  /** The moment: seconds after the window's beginning. */
  readonly t?: string
  readonly speed?: string
  /** Codes of the bikes that are shown, comma between; left out: all. */
  readonly bikes?: string
  /** Code of the open bike. */
  readonly bike?: string
  /** Id of a delivery or issue: the bike that it was about is opened. */
  readonly of?: string
  /** `zoom/lat/lon`. */
  readonly map?: string
}

export interface Window {
  /** Epoch ms: fromMs <= time < toMs. */
  readonly fromMs: number
  readonly toMs: number
}
type WindowText = Required<Pick<ReplaySearch, 'date' | 'from' | 'to'>>

/** Anything that makes no sense is dropped: an address typed by hand must never break the page. */
export function parseReplaySearch(search: Record<string, unknown>): ReplaySearch {
  const text = (key: keyof ReplaySearch) => textParameter(search, key)
  const matching = (key: keyof ReplaySearch, pattern: RegExp) => {
    const value = text(key)
    return value !== undefined && pattern.test(value) ? value : undefined
  }
  const date = text('date')
  const [from, to] = [matching('from', clockTime), matching('to', clockTime)]
  const map = text('map')
  const whole = date !== undefined && isDate(date) && from !== undefined && to !== undefined
  return {
    ...(whole ? { date, from, to } : {}),
    ...definedOnly({
      t: matching('t', /^\d{1,6}$/),
      speed: speeds.some((speed) => String(speed) === text('speed')) ? text('speed') : undefined,
      bikes: parseBikes(text('bikes')).join(',') || undefined,
      bike: text('bike')?.toUpperCase(),
      of: matching('of', /^[0-9a-f-]{36}$/),
      map: map !== undefined && parseMapView(map) !== null ? map : undefined,
    }),
  }
}

const clockTime = /^([01]\d|2[0-3]):[0-5]\d$/

/** Codes, each once. */
export const parseBikes = (text: string | undefined): readonly string[] => [
  ...new Set((text ?? '').toUpperCase().split(',').filter(Boolean)),
]

export const parseSpeed = (text: string | undefined): Speed =>
  speeds.find((speed) => String(speed) === text) ?? firstSpeed

/** From the clocks in Amsterdam to moments; a day is 23 or 25 hours long twice a year. */
export function windowOf({ date, from, to }: WindowText): Window {
  const fromMs = amsterdamMs(date, from)
  const sameDayMs = amsterdamMs(date, to)
  return { fromMs, toMs: sameDayMs > fromMs ? sameDayMs : amsterdamMs(dateAfter(date, 1), to) }
}

/** The shortest window in whole minutes that holds the span. */
export function textOfWindow({ fromMs, toMs }: Window): WindowText {
  return {
    date: amsterdamDate(fromMs),
    from: amsterdamTime(fromMs),
    to: amsterdamTime(Math.ceil(toMs / minuteMs) * minuteMs),
  }
}

export const presets = ['lastHour', 'today', 'yesterday'] as const
export type Preset = (typeof presets)[number]

export function presetWindow(preset: Preset, nowMs: number): WindowText {
  const today = amsterdamDate(nowMs)
  if (preset === 'yesterday') return { date: dateAfter(today, -1), from: '00:00', to: '00:00' }
  if (preset === 'today') return textOfWindow({ fromMs: amsterdamMs(today), toMs: nowMs })
  return textOfWindow({ fromMs: nowMs - hourMs, toMs: nowMs })
}

/** Nothing is left out that happened so long before or after. */
const aroundMs = 10 * minuteMs
/** More than a day has no place in an address: its end is what people ask about. */
const longestMs = 20 * hourMs

/** The address that replays something that lasted from one moment to another, as soon as it had begun. */
export function replayOf(
  fromMs: number,
  toMs: number,
  about: Pick<ReplaySearch, 'bike' | 'of'>,
): ReplaySearch {
  const startMs = Math.max(fromMs, toMs - longestMs)
  const window = textOfWindow({ fromMs: startMs - aroundMs, toMs: toMs + aroundMs })
  return { ...window, t: String(Math.ceil((startMs - windowOf(window).fromMs) / 1000)), ...about }
}
