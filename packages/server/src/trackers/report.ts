import type { Fix } from '@fleet/domain'

/** What a tracker says about itself when it has no place to tell. */
export interface Heartbeat {
  /** When the tracker spoke, epoch milliseconds. */
  readonly timeMs: number
  readonly batteryPct: number | null
  readonly charging: boolean | null
  readonly attributes: Readonly<Record<string, unknown>> | null
}

/** A reading with a place. */
export interface FixReport {
  /** The name that the tracker gives itself; whether it is registered is the server's question. */
  readonly trackerId: string
  /** Who rides, if the tracker says so. */
  readonly driverId: string | null
  readonly fix: Fix
  readonly heartbeat: null
}

/** A sign of life without a place: it proves that the tracker is alive and moves no marker. */
export interface HeartbeatReport {
  readonly trackerId: string
  readonly driverId: string | null
  readonly fix: null
  readonly heartbeat: Heartbeat
}

/** One message of one tracker, in SI units. `report.fix !== null` tells the two kinds apart. */
export type TrackerReport = FixReport | HeartbeatReport

/**
 * Why the wire bytes were not taken. 400: malformed. 413: too many items. 415: unknown content type. 422: understood,
 * but not supported.
 */
export type TrackerRefusalStatus = 400 | 413 | 415 | 422

/** A refusal is the sender's mistake, never ours. */
export interface TrackerRefusal {
  readonly ok: false
  readonly status: TrackerRefusalStatus
  /** One sentence: the field, the value that came, and what to send instead. */
  readonly message: string
  /**
   * Who sent it, as far as it was read. Phones send a refused message again and again: the operator must be able to find
   * the phone that is stuck.
   */
  readonly trackerId: string | null
}

export interface ParsedReports {
  readonly ok: true
  /** Empty when the message is legal and carries nothing that we keep. */
  readonly reports: readonly TrackerReport[]
  /** What this protocol answers when no registered tracker has that id. */
  readonly unknownTrackerStatus: 400 | 404
}

export type ParseResult = ParsedReports | TrackerRefusal

export function createTrackerRefusal(
  message: string,
  trackerId: string | null = null,
  status: TrackerRefusalStatus = 400,
): TrackerRefusal {
  return { ok: false, status, message, trackerId }
}

/** What a message says besides who and where. */
export type Reading = Omit<Fix, 'lat' | 'lon'>

/** @param place null makes a heartbeat: what only a place can have (speed, heading, accuracy, altitude) is not kept */
export function createReport(
  trackerId: string,
  driverId: string | null,
  place: { readonly lat: number; readonly lon: number } | null,
  reading: Reading,
): TrackerReport {
  if (place !== null)
    return { trackerId, driverId, fix: { lat: place.lat, lon: place.lon, ...reading }, heartbeat: null }
  const { timeMs, batteryPct, charging, attributes } = reading
  return { trackerId, driverId, fix: null, heartbeat: { timeMs, batteryPct, charging, attributes } }
}

const shownChars = 40

/** The one form of all refusals: `lat is "95": send degrees from -90 to 90.` */
export function describeProblem(field: string, value: unknown, fix: string): string {
  return `${field} is ${shown(value)}: ${fix}.`
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing'
  // Never printed whole: a body may nest deeper than JSON.stringify has stack.
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object'
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value)
  if (typeof value !== 'string') return `a ${typeof value}`
  return JSON.stringify(value.length > shownChars ? `${value.slice(0, shownChars)}…` : value)
}

export const maxTrackerIdChars = 128

/**
 * Whether a text may be a tracker's or a driver's name. PostgreSQL refuses U+0000 and lone surrogates in text: let through,
 * they would become a server error that the phone repeats for ever.
 */
export function isTrackerName(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length > 0 &&
    value.length <= maxTrackerIdChars &&
    !value.includes('\0') &&
    value.isWellFormed()
  )
}

export const trackerNameFix = `send 1 to ${maxTrackerIdChars} characters of text without NUL`
