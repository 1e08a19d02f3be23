/** A track as it goes over the wire: whole numbers, each but the first as the difference to the one before. */
export interface EncodedTrack {
  readonly timesMs: number[]
  readonly latsE5: number[]
  readonly lonsE5: number[]
}

/** A track of one bike: columns of equal length, oldest first. */
export interface TrackColumns {
  /** Epoch ms. */
  readonly timesMs: ArrayLike<number>
  readonly lats: ArrayLike<number>
  readonly lons: ArrayLike<number>
}

/** @param fromMs what the first time is counted from */
export function encodeTrack({ timesMs, lats, lons }: TrackColumns, fromMs: number): EncodedTrack {
  const scaled = (column: ArrayLike<number>) => Array.from(column, (degrees) => Math.round(degrees * 1e5))
  return {
    timesMs: differences(Array.from(timesMs), fromMs),
    latsE5: differences(scaled(lats), 0),
    lonsE5: differences(scaled(lons), 0),
  }
}

export function decodeTrack(
  track: EncodedTrack,
  fromMs: number,
): { timesMs: Float64Array; lats: Float64Array; lons: Float64Array } {
  return {
    timesMs: sums(track.timesMs, fromMs, 1),
    lats: sums(track.latsE5, 0, 1e-5),
    lons: sums(track.lonsE5, 0, 1e-5),
  }
}

const differences = (values: readonly number[], from: number) =>
  values.map((value, index) => value - (index === 0 ? from : values[index - 1]!))

function sums(steps: readonly number[], from: number, scale: number): Float64Array {
  const values = new Float64Array(steps.length)
  let value = from
  for (let i = 0; i < steps.length; i++) values[i] = (value += steps[i]!) * scale
  return values
}
