import { dayMs, hourMs } from './duration.ts'

const clock = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Amsterdam',
  hourCycle: 'h23',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})

/** Milliseconds since midnight on a clock in Amsterdam. */
function clockMs(timeMs: number): number {
  const [hour, minute, second] = clock.format(timeMs).split(':').map(Number) as [number, number, number]
  return ((hour * 60 + minute) * 60 + second) * 1000 + (((timeMs % 1000) + 1000) % 1000)
}

/** The hour in which a time lies. Amsterdam is whole hours away from UTC, and always was since 1940. */
export function hourSpan(timeMs: number): { fromMs: number; toMs: number } {
  const fromMs = Math.floor(timeMs / hourMs) * hourMs
  return { fromMs, toMs: fromMs + hourMs }
}

/** The day in Amsterdam in which a time lies: 23, 24 or 25 hours. */
export function daySpan(timeMs: number): { fromMs: number; toMs: number } {
  const fromMs = midnightNear(timeMs - clockMs(timeMs))
  return { fromMs, toMs: midnightNear(fromMs + dayMs) }
}

/** Midnight itself, when the clock was changed between it and where it was looked for. */
function midnightNear(timeMs: number): number {
  const pastMs = clockMs(timeMs)
  return pastMs < dayMs / 2 ? timeMs - pastMs : timeMs + (dayMs - pastMs)
}
