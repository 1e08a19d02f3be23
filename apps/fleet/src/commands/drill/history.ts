import type { DrillReport } from '@fleet/drill'
import type * as Lab from '@fleet/lab'
import { defineCommand } from '../../command.ts'
import { renderTable } from '../../table.ts'
import { chooseDrill, drillEnvironment, paintVerdict } from './drill-options.ts'

export const drillHistory = defineCommand({
  name: 'history',
  summary: 'All runs so far, and how their figures change',
  options: {},
  positionals: [{ name: 'drill', summary: 'One drill by its name', required: false }],
  environment: drillEnvironment,
  examples: [
    { line: 'fleet drill history', says: 'Every drill: how often, how it ended, its gaps' },
    { line: 'fleet drill history switchover', says: 'Every run of one' },
  ],
  async run({ positionals }, world) {
    const { drillHome, drills, listDrillFolders, readReport } = await import('@fleet/drill')
    const { spreadOf } = await import('@fleet/lab')
    const wanted = positionals.drill === null ? null : chooseDrill(drills, positionals.drill).name
    const runs = listDrillFolders(drillHome(world.env))
      .map(readReport)
      .filter((report) => report !== null && (wanted === null || report.drill.name === wanted))
      .map((report) => toRun(report!))
    const { paint } = world.terminal
    if (runs.length === 0) return { data: { runs }, text: 'No drill was run yet: fleet drill run switchover' }
    if (wanted !== null)
      return {
        data: { runs },
        text: renderTable(
          ['WHEN', 'VERDICT', 'WRITES STOOD', 'THE APP STOOD', 'WELL AGAIN'],
          runs.map((run) => [
            run.startedAt.slice(0, 16).replace('T', ' '),
            paintVerdict(run.verdict, paint),
            ...[run.writeGapMs, run.appGapMs, run.healthyAgainMs].map(seconds),
          ]),
        ),
      }
    const figures = [...Map.groupBy(runs, ({ drill }) => drill)].map(([drill, own]) =>
      summariseRuns(drill, own, spreadOf),
    )
    return {
      data: { runs, drills: figures },
      text: renderTable(
        [
          'DRILL',
          'RUNS',
          'OK',
          'LAST',
          'WRITES STOOD: MIN',
          'MEDIAN',
          'MAX',
          'THE APP: MIN',
          'MEDIAN',
          'MAX',
          'TREND',
        ],
        figures.map(({ drill, count, verdicts, last, writeGapMs, appGapMs, trend }) => [
          drill,
          String(count),
          String(verdicts.ok),
          paintVerdict(last, paint),
          ...[writeGapMs, appGapMs].flatMap((spread) =>
            [spread?.min, spread?.median, spread?.max].map((ms) => seconds(ms ?? null)),
          ),
          trend,
        ]),
      ),
    }
  },
})

/** All runs of one drill. */
function summariseRuns(drill: string, runs: readonly Run[], spreadOf: typeof Lab.spreadOf) {
  const known = (gap: 'writeGapMs' | 'appGapMs') => runs.map((run) => run[gap]).filter((ms) => ms !== null)
  const spread = (gapsMs: readonly number[]) => (gapsMs.length > 0 ? spreadOf(gapsMs) : null)
  const ended = (verdict: Run['verdict']) => runs.filter((run) => run.verdict === verdict).length
  return {
    drill,
    count: runs.length,
    verdicts: { ok: ended('ok'), violated: ended('violated'), unknown: ended('unknown') },
    last: runs.at(-1)!.verdict,
    writeGapMs: spread(known('writeGapMs')),
    appGapMs: spread(known('appGapMs')),
    trend: trendOf(known('writeGapMs')),
  }
}

interface Run {
  readonly drill: string
  readonly folder: string
  readonly startedAt: string
  readonly verdict: DrillReport['verdict']
  readonly writeGapMs: number | null
  readonly appGapMs: number | null
  readonly healthyAgainMs: number | null
}

function toRun({ drill, folder, startedAt, verdict, streams, healthyAgainMs }: DrillReport): Run {
  const gapOf = (name: string) => streams.find((stream) => stream.name === name)?.longestGap?.gapMs ?? null
  return {
    drill: drill.name,
    folder,
    startedAt,
    verdict,
    writeGapMs: gapOf('writes'),
    appGapMs: gapOf('commands'),
    healthyAgainMs,
  }
}

/** Less of a difference than this is noise. */
const noiseShare = 0.25

/** The last gap beside the mean of those before it. */
export function trendOf(gapsMs: readonly number[]): string {
  const before = gapsMs.slice(0, -1)
  const last = gapsMs.at(-1)
  if (last === undefined || before.length === 0) return ''
  const mean = before.reduce((sum, gap) => sum + gap, 0) / before.length
  if (Math.abs(last - mean) <= mean * noiseShare) return 'as before'
  return last > mean ? 'longer' : 'shorter'
}

const seconds = (ms: number | null) => (ms === null ? '-' : `${(ms / 1_000).toFixed(1)} s`)
