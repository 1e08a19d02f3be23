import type { Drill, DrillReport } from '@fleet/drill'
import { nearestWord } from '@fleet/cluster/nearest-word'
import { AppError } from '@fleet/domain'
import type { Paint } from '../../terminal.ts'

export const drillEnvironment = {
  FLEET_DRILLS: 'Folder of all runs (default /var/lib/amsterdam-bike-fleet/drills)',
} as const

/** What a program gets as exit code; 2 is a wrong command line. */
export const exitCodeOf: Readonly<Record<DrillReport['verdict'], 0 | 1 | 3>> = {
  ok: 0,
  violated: 1,
  unknown: 3,
}

/** @throws AppError usage */
export function chooseDrill(drills: readonly Drill[], name: string): Drill {
  const drill = drills.find((each) => each.name === name)
  if (drill) return drill
  const meant = nearestWord(
    name,
    drills.map((each) => each.name),
  )
  throw new AppError('usage', `There is no drill "${name}".`, {
    fix: `${meant ? `Did you mean ${meant}? ` : ''}See: fleet drill list`,
  })
}

export function paintVerdict(verdict: DrillReport['verdict'], paint: Paint): string {
  return { ok: paint.green, violated: paint.red, unknown: paint.yellow }[verdict](verdict)
}
