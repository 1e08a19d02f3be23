import { firstFaultMs } from '../checkers/availability.ts'
import { combine, type Finding, unknown, type Verdict } from '../checkers/finding.ts'
import type { WorkloadName } from '../drills/drill.ts'
import { type DrillRecord, operationsOf } from './drill-record.ts'
import { type Rule, rules, rulesFor } from './rules.ts'

/** What became of one promise. */
export interface RuleFinding extends Finding {
  readonly rule: string
  readonly promise: string
}

export interface Judgement {
  readonly verdict: Verdict
  readonly findings: readonly RuleFinding[]
}

/** With fewer answers before the fault, or after it, nobody was there to notice. */
const fewestAnswers = 10

/**
 * Holds a run against every promise. Whatever a checker is missing, and whatever goes wrong within it, is `unknown`: only
 * what was recorded to its end, by clients that got answers before and after the faults, can be `ok`.
 */
export function judgeRecord(record: DrillRecord, all: readonly Rule[] = rules): Judgement {
  const findings = rulesFor(record.setup.drill, all).map((rule) => ({
    rule: rule.name,
    promise: rule.says,
    ...checkRule(rule, record),
  }))
  return { verdict: combine(findings.map(({ verdict }) => verdict)), findings }
}

function checkRule(rule: Rule, record: DrillRecord): Finding {
  let finding: Finding
  try {
    finding = rule.check(record)
  } catch (error) {
    return unknown(`The check itself failed: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (finding.verdict !== 'ok') return finding
  const doubt =
    record.incomplete ?? rule.workloads.map((each) => whyTooFew(record, each)).find((why) => why !== null)
  return doubt ? unknown(doubt) : finding
}

/** @returns a sentence when a workload had too few answers around the faults; null when it had enough */
function whyTooFew(record: DrillRecord, workload: WorkloadName): string | null {
  const faultMs = firstFaultMs(record.events)
  const settledMs = record.events.findLast(({ kind }) => kind === 'settled')?.atMs
  const stoppedMs = record.events.find(({ kind }) => kind === 'stopped')?.atMs
  if (faultMs === null || settledMs === undefined || stoppedMs === undefined)
    return 'The drill did not get as far as its end.'
  const answeredMs = operationsOf(record, workload).flatMap(({ outcome, endMs }) =>
    outcome === 'ok' && endMs !== null ? [endMs] : [],
  )
  const before = answeredMs.filter((ms) => ms < faultMs).length
  const after = answeredMs.filter((ms) => ms > settledMs && ms <= stoppedMs).length
  if (before < fewestAnswers) return `${workload} had ${before} answers before the fault: too few to tell.`
  return after < fewestAnswers ? `${workload} had ${after} answers after the faults: too few to tell.` : null
}
