/** Lengths of time in milliseconds. A day is 24 hours: the days of Amsterdam, some of which are not, are in amsterdam-time.ts. */
export const minuteMs = 60_000
export const hourMs = 60 * minuteMs
export const dayMs = 24 * hourMs
