import type { Command } from '@fleet/domain'
import type { CommandContext, Store } from '@fleet/store'
import { createRandom } from './random.ts'
import { planDay, type Past } from './seed-day.ts'
import { demoFleet, planFleet, planZones } from './seed-fleet.ts'
import { appendTracks } from './seed-tracks.ts'

const minute = 60_000
/** The seeded day began so long ago. */
const dayMs = 9 * 60 * minute
/** Commands this close together go into one transaction: a commit each would take seconds. Finer for the last hour. */
const bucketMs = { past: 15 * minute, lastHour: 4 * minute } as const

export interface SeedOptions {
  readonly nowMs: number
  /** For what nobody may guess: the ids of the trackers. Everything else is the same at every start. */
  readonly randomBytes: (count: number) => Uint8Array
  readonly report?: (done: number, total: number) => void
  /** Another day with another seed; tests and demonstrations use the default. */
  readonly seed?: string
}

export interface SeedSummary {
  readonly commands: number
  readonly fixes: number
}

/**
 * Fills an empty database with a fleet, a day that has been going on since this morning, and the last minutes of
 * everybody's track; all of it marked as demonstration.
 *
 * @returns null when another instance was first
 * @throws AppError when the database fails; what was seeded until then is removed again
 */
export async function seedDemo(store: Store, options: SeedOptions): Promise<SeedSummary | null> {
  const { nowMs, randomBytes, report } = options
  const random = createRandom(options.seed ?? 'amsterdam')
  const openedMs = nowMs - dayMs
  const fleet = planFleet(demoFleet, { random: random.fork('fleet'), randomBytes }, openedMs)
  const day = planDay(fleet.roster, random.fork('day'), openedMs + 10 * minute, nowMs)
  const steps: Step[] = [
    { atMs: openedMs, commands: [...fleet.create, ...planZones(random.fork('zones'), openedMs)] },
    { atMs: openedMs + 5 * minute, commands: fleet.start },
    ...bucket(day, nowMs),
  ]
  // Five instances may start in the same millisecond: the keys of each are its own.
  const run = Buffer.from(randomBytes(8)).toString('hex')
  let hasBegun = false
  try {
    for (const [index, step] of steps.entries()) {
      const outcome = await store.executeAll(step.commands, contextOf(run, index, step.atMs))
      if (!outcome.ok) {
        if (index === 0 && outcome.refusal.code === 'already_exists') return null
        throw new Error(`the demo day breaks a rule of its own: ${outcome.refusal.message}`)
      }
      hasBegun = true
      report?.(index + 1, steps.length + 1)
    }
    const fixes = await appendTracks(store, random.fork('tracks'), nowMs)
    report?.(steps.length + 1, steps.length + 1)
    return { commands: steps.reduce((sum, { commands }) => sum + commands.length, 0), fixes }
  } catch (error) {
    // Half a demo is worse than none. What failed may well fail again: the first error is the one to show.
    // Unless the first step was done there is nothing of ours, and what there is may be another instance's.
    if (hasBegun) await store.clearDemo(contextOf(run, -1, nowMs)).catch(() => {})
    throw error
  }
}

export const demoActor = { id: null, name: 'demo' } as const

function contextOf(run: string, index: number, nowMs: number): CommandContext {
  return { key: `demo-seed:${run}:${index}`, actor: demoActor, nowMs: Math.round(nowMs), demo: true }
}

interface Step {
  readonly atMs: number
  readonly commands: readonly Command[]
}

/** Two steps of one delivery are never in one transaction: its timeline would say that they were done at once. */
export function bucket(past: readonly Past[], nowMs: number): Step[] {
  const steps: { atMs: number; commands: Command[]; rows: Set<string> }[] = []
  for (const { atMs, command } of past) {
    const last = steps.at(-1)
    const clashes = last?.rows.has(command.id) && command.type !== 'issue.comment'
    const widthMs = nowMs - atMs < 60 * minute ? bucketMs.lastHour : bucketMs.past
    if (last && !clashes && atMs - last.atMs < widthMs) {
      last.commands.push(command)
      last.rows.add(command.id)
    } else steps.push({ atMs, commands: [command], rows: new Set([command.id]) })
  }
  return steps
}
