import { hourMs, minuteMs } from '@fleet/domain'
import { amsterdamTime } from '../i18n/amsterdam-day.ts'
import type { Window } from './replay-search.ts'

const stepsMs = [
  minuteMs,
  5 * minuteMs,
  15 * minuteMs,
  30 * minuteMs,
  hourMs,
  2 * hourMs,
  3 * hourMs,
  6 * hourMs,
]

/** Round times within a window, at least `spacingPx` apart and half of that from its end, as Amsterdam's clocks show them. */
export function axisTimes({ fromMs, toMs }: Window, widthPx: number, spacingPx: number): readonly number[] {
  const leastMs = ((toMs - fromMs) * spacingPx) / Math.max(1, widthPx)
  const stepMs = stepsMs.find((step) => step >= leastMs) ?? 12 * hourMs
  const scanMs = Math.min(stepMs, hourMs)
  const times: number[] = []
  for (let ms = Math.ceil(fromMs / scanMs) * scanMs; ms < toMs - leastMs / 2; ms += scanMs)
    if (Number(amsterdamTime(ms).slice(0, 2)) % Math.max(1, stepMs / hourMs) === 0) times.push(ms)
  return times
}

export const shareOf = ({ fromMs, toMs }: Window, ms: number): number =>
  Math.min(1, Math.max(0, (ms - fromMs) / (toMs - fromMs)))

/** The drawing of the strip, in its own units. */
export const strip = { width: 1000, height: 40 } as const

/** How many bikes moved, as the `d` of an area that fills the strip from below. */
export function areaPath(values: readonly number[]): string {
  const most = Math.max(1, ...values)
  const step = strip.width / values.length
  const line = values
    .map((value, i) => {
      const y = strip.height * (1 - (value / most) * 0.92)
      return `L${(i * step).toFixed(1)} ${y.toFixed(1)}H${((i + 1) * step).toFixed(1)}`
    })
    .join('')
  return `M0 ${strip.height}${line}V${strip.height}Z`
}

/** A stroke for each time, over so much of the strip's height. */
export const tickPath = (
  window: Window,
  times: readonly number[],
  { top, bottom }: { readonly top: number; readonly bottom: number },
): string => times.map((ms) => `M${(shareOf(window, ms) * strip.width).toFixed(1)} ${top}V${bottom}`).join('')
