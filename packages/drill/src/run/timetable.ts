import type { Step } from '../drills/drill.ts'

/** What is done at one time: all of it together. */
export interface Moment {
  readonly atS: number
  readonly inject: readonly Step[]
  readonly heal: readonly Step[]
}

/** The faults of a drill and their healing, in order of time; at the same time healing comes first. */
export function createTimetable(steps: readonly Step[]): readonly Moment[] {
  const times = new Set(steps.flatMap(({ atS, healAtS }) => (healAtS === null ? [atS] : [atS, healAtS])))
  return [...times]
    .sort((a, b) => a - b)
    .map((atS) => ({
      atS,
      inject: steps.filter((step) => step.atS === atS),
      heal: steps.filter((step) => step.healAtS === atS),
    }))
}
