import type { BikeKind } from '@fleet/domain'

/** Below this a rider heads for a depot. */
export const lowPct = 18
/** A swapped or fast-charged battery: a rider leaves the depot with this much. */
export const chargedPct = 96
/** Per second at a depot. Quicker than a real charger, so that a visitor sees it happen. */
const chargePctPerS = 0.4

/** Percent per kilometre: about 60 km on a charge, less with a cargo box; a tracker's own battery on a city bike. */
const pctPerKm: Readonly<Record<BikeKind, number>> = { city: 0.8, cargo: 1.1, 'e-cargo': 1.8 }

export const drain = (pct: number, movedM: number, kind: BikeKind) =>
  Math.max(1, pct - (movedM / 1000) * pctPerKm[kind])

export const charge = (pct: number, dtS: number) => Math.min(100, pct + chargePctPerS * dtS)
