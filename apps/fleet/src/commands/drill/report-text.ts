import { join } from 'node:path'
import type { DrillReport, StreamFigures } from '@fleet/drill'
import { renderTable } from '../../table.ts'
import type { Paint } from '../../terminal.ts'
import { paintVerdict } from './drill-options.ts'

const seconds = (ms: number | undefined): string => (ms === undefined ? '-' : `${(ms / 1_000).toFixed(1)} s`)

/** One run, for a terminal: the verdict, what is not as it must be, the figures, where the page is. */
export function renderReport(report: DrillReport, paint: Paint): string {
  const { drill, verdict, findings, streams, failure, healthyAgainMs } = report
  const wrong = findings.filter((finding) => finding.verdict !== 'ok')
  // Of a drill that ended midway hardly anything is known: why is told once.
  const told = failure === null ? wrong : wrong.filter((finding) => finding.verdict === 'violated')
  return [
    `${paint.bold(drill.name)} on ${report.cluster}: ${paintVerdict(verdict, paint)}, ${findings.length - wrong.length} of ${findings.length} promises held`,
    ...(failure === null ? [] : [`It did not get to its end: ${failure}`]),
    ...told.flatMap(({ verdict, promise, says, evidence }) => [
      `${paintVerdict(verdict, paint)}: ${promise} ${says}`,
      ...evidence.slice(0, 3).map((each) => `  ${each.says}`),
    ]),
    renderTable(
      ['WHO', 'DONE', 'REFUSED', 'UNKNOWN', 'LONGEST SILENCE', 'LONGEST WAIT'],
      streams.map(({ title, ok, fail, unknown, longestGap, longestWaitMs }) => [
        title,
        ...[ok, fail, unknown].map(String),
        seconds(longestGap?.gapMs),
        seconds(longestWaitMs),
      ]),
    ),
    `Healthy again after ${healthyAgainMs === null ? 'never' : seconds(healthyAgainMs)}. The report: ${join(report.folder, 'report.html')}`,
  ].join('\n')
}

/** What a program is told of a run; the rest is in its report.json. */
export interface DrillRunSummary extends Pick<DrillReport, 'verdict' | 'failure'> {
  readonly drill: string
  readonly notHeld: DrillReport['findings']
  readonly streams: readonly (Omit<StreamFigures, 'perSecond'> & { readonly seconds: number })[]
  /** Null when the drill did not get as far as its first client, as are the two below. */
  readonly folder: string | null
  readonly startedAt: string | null
  readonly healthyAgainMs: number | null
}

export function summarise(report: DrillReport): DrillRunSummary {
  const { drill, verdict, failure, folder, startedAt, findings, streams, healthyAgainMs } = report
  return {
    drill: drill.name,
    verdict,
    failure,
    folder,
    startedAt,
    healthyAgainMs,
    notHeld: findings.filter((finding) => finding.verdict !== 'ok'),
    // A figure for each second is for the chart.
    streams: streams.map(({ perSecond, ...figures }) => ({ ...figures, seconds: perSecond.length })),
  }
}
