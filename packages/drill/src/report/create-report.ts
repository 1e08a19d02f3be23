import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { type DrillFolder } from '../history/drill-folder.ts'
import { largest } from '../largest.ts'
import { judgeRecord } from '../verdict/judge-record.ts'
import { type DrillRecord, readRecord } from '../verdict/drill-record.ts'
import { nodeBeliefs, statusBeliefs } from './beliefs.ts'
import { renderReportHtml } from './render-html.ts'
import type { DrillReport } from './report.ts'
import { describeStreams } from './streams.ts'

/** So much of the evidence is in the report itself. */
const shownEvidence = 20
const shownOperations = 12

/** Pure: what is to be said of a run. */
export function createReport(record: DrillRecord, folder: string, failure: string | null): DrillReport {
  const { setup, events, nodes, statuses, history } = record
  const { verdict, findings } = judgeRecord(record)
  const lastEventMs = largest(
    events.map(({ atMs }) => atMs),
    0,
  )
  const endMs = largest(
    history.operations.map(({ startMs, endMs }) => endMs ?? startMs),
    lastEventMs,
  )
  const settledMs = events.findLast(({ kind }) => kind === 'settled')?.atMs
  const healthyMs = events.findLast(({ kind }) => kind === 'healthy')?.atMs
  return {
    version: 1,
    drill: setup.drill,
    cluster: setup.cluster,
    topology: setup.topology,
    folder,
    startedAt: new Date(setup.startedAtMs).toISOString(),
    durationMs: Math.round(endMs),
    // What was not run to its end may have missed what would have broken it.
    verdict: failure !== null && verdict === 'ok' ? 'unknown' : verdict,
    failure,
    findings: findings.map(({ evidence, ...finding }) => ({
      ...finding,
      evidenceCount: evidence.length,
      evidence: evidence
        .slice(0, shownEvidence)
        .map(({ says, operations }) => ({ says, operations: operations.slice(0, shownOperations) })),
    })),
    streams: describeStreams(record),
    healthyAgainMs:
      settledMs === undefined || healthyMs === undefined ? null : Math.round(healthyMs - settledMs),
    events,
    nodes: nodeBeliefs(nodes, setup.nodes, endMs),
    status: statusBeliefs(statuses, endMs),
  }
}

/**
 * Judges what a folder holds and writes report.json and report.html into it; both are made anew each time, from what
 * was recorded.
 *
 * @throws ClusterError drill_failed when the folder holds no drill
 */
export function writeReport(folder: DrillFolder, failure: string | null): DrillReport {
  const report = createReport(readRecord(folder), folder.path, failure)
  writeFileSync(folder.reportJson, `${JSON.stringify(report, null, 2)}\n`)
  writeFileSync(folder.reportHtml, renderReportHtml(report))
  return report
}

/** @returns null when the drill was killed before it could be judged */
export const readReport = (folder: DrillFolder): DrillReport | null =>
  existsSync(folder.reportJson) ? (JSON.parse(readFileSync(folder.reportJson, 'utf8')) as DrillReport) : null
