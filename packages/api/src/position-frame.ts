import type { LatestFix } from '@fleet/domain'

/*
 * Markers on the wire, little-endian.
 *
 * Header, 16 bytes: u8 kind (1), u8 version (1), u16 zero, u32 count, f64 server time (epoch ms).
 * Each marker, 32 bytes: f64 time (epoch ms), i32 lat e7, i32 lon e7, u32 bike no, u32 odometer m, u16 speed cm/s,
 * u16 heading in 1/100 degree, u16 accuracy dm, u8 battery %, u8 charging. All bits set means unknown.
 */
const headerBytes = 16
const markerBytes = 32
const kind = 1
const version = 1
const unknown16 = 0xffff
const unknown8 = 0xff

/** What a marker carries; a subset of LatestFix. */
export type Marker = Pick<
  LatestFix,
  | 'bikeNo'
  | 'timeMs'
  | 'lat'
  | 'lon'
  | 'speedMps'
  | 'headingDeg'
  | 'accuracyM'
  | 'batteryPct'
  | 'charging'
  | 'odometerM'
>

export function encodePositionFrame(
  markers: readonly Marker[],
  serverTimeMs: number,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(headerBytes + markers.length * markerBytes)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, kind)
  view.setUint8(1, version)
  view.setUint32(4, markers.length, true)
  view.setFloat64(8, serverTimeMs, true)
  let at = headerBytes
  for (const marker of markers) {
    view.setFloat64(at, marker.timeMs, true)
    view.setInt32(at + 8, Math.round(marker.lat * 1e7), true)
    view.setInt32(at + 12, Math.round(marker.lon * 1e7), true)
    view.setUint32(at + 16, marker.bikeNo, true)
    view.setUint32(at + 20, Math.round(marker.odometerM), true)
    view.setUint16(at + 24, scaled(marker.speedMps, 100), true)
    view.setUint16(at + 26, scaled(marker.headingDeg, 100), true)
    view.setUint16(at + 28, scaled(marker.accuracyM, 10), true)
    view.setUint8(at + 30, marker.batteryPct === null ? unknown8 : clamp(Math.round(marker.batteryPct), 100))
    view.setUint8(at + 31, marker.charging === null ? unknown8 : marker.charging ? 1 : 0)
    at += markerBytes
  }
  return bytes
}

/**
 * One object a marker: for tools and tests. A screen uses `PositionColumns`.
 *
 * @returns null for bytes that are not a position frame of this version
 */
export function decodePositionFrame(
  bytes: Uint8Array,
): { readonly serverTimeMs: number; readonly markers: readonly Marker[] } | null {
  const view = openFrame(bytes)
  if (view === null) return null
  const count = view.getUint32(4, true)
  const markers: Marker[] = []
  for (let i = 0, at = headerBytes; i < count; i++, at += markerBytes) {
    const battery = view.getUint8(at + 30)
    const charging = view.getUint8(at + 31)
    markers.push({
      timeMs: view.getFloat64(at, true),
      lat: view.getInt32(at + 8, true) / 1e7,
      lon: view.getInt32(at + 12, true) / 1e7,
      bikeNo: view.getUint32(at + 16, true),
      odometerM: view.getUint32(at + 20, true),
      speedMps: unscaled(view.getUint16(at + 24, true), 100),
      headingDeg: unscaled(view.getUint16(at + 26, true), 100),
      accuracyM: unscaled(view.getUint16(at + 28, true), 10),
      batteryPct: battery === unknown8 ? null : battery,
      charging: charging === unknown8 ? null : charging === 1,
    })
  }
  return { serverTimeMs: view.getFloat64(8, true), markers }
}

/** Stands in number columns of `PositionColumns` for what a tracker did not say; no true value is negative. */
export const unsaid = -1

/**
 * Markers by column, for a screen: ten thousand of them are ten numbers each and no object. The columns belong to
 * this object and are overwritten by its next `decode` or `take`.
 */
export class PositionColumns {
  /** Rows in use; the columns may be longer. */
  count = 0
  serverTimeMs = 0
  bikeNo = new Uint32Array(0)
  timeMs = new Float64Array(0)
  lat = new Float64Array(0)
  lon = new Float64Array(0)
  odometerM = new Float64Array(0)
  /** This and the next three: `unsaid` where the tracker did not say. */
  speedMps = new Float32Array(0)
  headingDeg = new Float32Array(0)
  accuracyM = new Float32Array(0)
  batteryPct = new Float32Array(0)
  /** 1 where the tracker says so; 0 where it denies or says nothing. */
  charging = new Uint8Array(0)

  /** @returns false, and nothing changed, for bytes that are not a position frame of this version */
  decode(bytes: Uint8Array): boolean {
    const view = openFrame(bytes)
    if (view === null) return false
    this.#resize(view.getUint32(4, true))
    this.serverTimeMs = view.getFloat64(8, true)
    for (let i = 0, at = headerBytes; i < this.count; i++, at += markerBytes) {
      this.timeMs[i] = view.getFloat64(at, true)
      this.lat[i] = view.getInt32(at + 8, true) / 1e7
      this.lon[i] = view.getInt32(at + 12, true) / 1e7
      this.bikeNo[i] = view.getUint32(at + 16, true)
      this.odometerM[i] = view.getUint32(at + 20, true)
      this.speedMps[i] = unscaled(view.getUint16(at + 24, true), 100) ?? unsaid
      this.headingDeg[i] = unscaled(view.getUint16(at + 26, true), 100) ?? unsaid
      this.accuracyM[i] = unscaled(view.getUint16(at + 28, true), 10) ?? unsaid
      const battery = view.getUint8(at + 30)
      this.batteryPct[i] = battery === unknown8 ? unsaid : battery
      this.charging[i] = view.getUint8(at + 31) === 1 ? 1 : 0
    }
    return true
  }

  /** Takes markers that came as JSON, so that a snapshot goes the same way as a frame. */
  take(markers: readonly Marker[], serverTimeMs: number): this {
    this.#resize(markers.length)
    this.serverTimeMs = serverTimeMs
    for (const [i, marker] of markers.entries()) {
      this.timeMs[i] = marker.timeMs
      this.lat[i] = marker.lat
      this.lon[i] = marker.lon
      this.bikeNo[i] = marker.bikeNo
      this.odometerM[i] = marker.odometerM
      this.speedMps[i] = marker.speedMps ?? unsaid
      this.headingDeg[i] = marker.headingDeg ?? unsaid
      this.accuracyM[i] = marker.accuracyM ?? unsaid
      this.batteryPct[i] = marker.batteryPct ?? unsaid
      this.charging[i] = marker.charging === true ? 1 : 0
    }
    return this
  }

  #resize(count: number): void {
    this.count = count
    if (count <= this.bikeNo.length) return
    const capacity = Math.max(64, count, this.bikeNo.length * 2)
    this.bikeNo = new Uint32Array(capacity)
    this.timeMs = new Float64Array(capacity)
    this.lat = new Float64Array(capacity)
    this.lon = new Float64Array(capacity)
    this.odometerM = new Float64Array(capacity)
    this.speedMps = new Float32Array(capacity)
    this.headingDeg = new Float32Array(capacity)
    this.accuracyM = new Float32Array(capacity)
    this.batteryPct = new Float32Array(capacity)
    this.charging = new Uint8Array(capacity)
  }
}

/** A view of a whole frame of this version, or null. */
function openFrame(bytes: Uint8Array): DataView | null {
  if (bytes.byteLength < headerBytes) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint8(0) !== kind || view.getUint8(1) !== version) return null
  return bytes.byteLength === headerBytes + view.getUint32(4, true) * markerBytes ? view : null
}

const clamp = (value: number, max: number) => Math.max(0, Math.min(max, value))
const scaled = (value: number | null, factor: number) =>
  value === null ? unknown16 : clamp(Math.round(value * factor), unknown16 - 1)
const unscaled = (raw: number, factor: number) => (raw === unknown16 ? null : raw / factor)
