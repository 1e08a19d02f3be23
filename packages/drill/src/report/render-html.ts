import type { Verdict } from '../checkers/finding.ts'
import type { Operation } from '../history/operation.ts'
import { inSeconds } from '../seconds.ts'
import { workloads } from '../workloads/index.ts'
import { escapeHtml as text } from './escape-html.ts'
import { renderChart } from './render-chart.ts'
import type { DrillReport, ReportedFinding, StreamFigures } from './report.ts'
import { reportStyle } from './report-style.ts'

/** The verdict as a person reads it. */
export const verdictWords: Readonly<Record<Verdict, string>> = {
  ok: 'Every promise held',
  violated: 'A promise was broken',
  unknown: 'Not known',
}
const marks: Readonly<Record<Verdict, string>> = { ok: '✓', violated: '✗', unknown: '?' }

/** The report as one page that loads nothing from elsewhere. */
export function renderReportHtml(report: DrillReport): string {
  const { drill, verdict, startedAt, cluster, topology, failure } = report
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${text(drill.title)}: ${verdictWords[verdict]}</title>
<style>${reportStyle}</style>
</head>
<body>
<main>
<p class="kicker">Drill ${text(drill.name)} on ${text(cluster)} (${text(topology)}), ${text(startedAt.slice(0, 19).replace('T', ' '))} UTC, ${inSeconds(report.durationMs)}</p>
<h1>${text(drill.title)}</h1>
<p class="verdict is-${verdict}"><span aria-hidden="true">${marks[verdict]}</span> ${verdictWords[verdict]}</p>
${failure === null ? '' : `<p class="failure">The drill did not get to its end: ${text(failure)}</p>`}
<h2>What was expected</h2>
<p>${text(drill.expects)}</p>
<h2>What happened</h2>
${renderChart(report)}
<p class="note">Bars: answers per second. Line: the slowest one in a hundred, logarithmic. Shaded: a fault until it was healed.
A lonely primary is one whose commits no standby would acknowledge.</p>
<h2>What its users saw</h2>
${renderStreams(report.streams, report)}
<h2>What must hold</h2>
${renderFindings(report.findings)}
<h2>Step by step</h2>
<table><thead><tr><th class="number">After</th><th>What</th></tr></thead><tbody>
${report.events.map(({ atMs, kind, text: says }) => `<tr><td class="number">${inSeconds(atMs)}</td><td>${kind}: ${text(says)}</td></tr>`).join('\n')}
</tbody></table>
<h2>Who took part</h2>
<ul>${drill.workloads.map((name) => `<li>${text(workloads[name].summary)}</li>`).join('')}</ul>
<p class="note">Every operation with its times is in history.jsonl beside this page, what was seen of the nodes in samples.jsonl. The same
verdict is found from them again by: fleet drill report ${text(report.folder.split('/').at(-1) ?? '')} --again</p>
</main>
</body>
</html>
`
}

function renderStreams(streams: readonly StreamFigures[], { healthyAgainMs, drill }: DrillReport): string {
  const rows = streams.map(
    ({ title, ok, fail, rightlyRefused, unknown, longestGap, longestWaitMs, latencyMs, repeated }) => {
      const tries = Object.entries(repeated).map(([met, count]) => `${count} × ${met}`)
      return `<tr><td>${text(title)}</td>${[
        ok,
        fail,
        rightlyRefused,
        unknown,
        longestGap ? inSeconds(longestGap.gapMs) : 'not known',
        inSeconds(longestWaitMs),
        latencyMs.before ? `${latencyMs.before.p50} / ${latencyMs.before.p99} ms` : '',
      ]
        .map((cell) => `<td class="number">${text(String(cell))}</td>`)
        .join('')}<td>${text(tries.join(', '))}</td></tr>`
    },
  )
  const well =
    healthyAgainMs === null
      ? 'Status did not say healthy again.'
      : `Status said healthy ${inSeconds(healthyAgainMs)} after the last fault was over; ${inSeconds(drill.limits.healthyAgainMs)} are promised.`
  return `<div class="wide"><table><thead><tr><th>Who</th><th class="number">Done</th><th class="number">Refused</th><th class="number">Rightly refused</th><th class="number">Unknown</th><th class="number">Longest silence</th>
<th class="number">Longest wait of one</th><th class="number">p50 / p99 before</th><th>Repeated by the client itself</th></tr></thead><tbody>
${rows.join('\n')}
</tbody></table></div>
<p>${well} Rightly refused is one of two dispatchers who pressed the same at one time.</p>`
}

function renderFindings(findings: readonly ReportedFinding[]): string {
  const order: readonly Verdict[] = ['violated', 'unknown', 'ok']
  const sorted = [...findings].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict))
  return `<ul class="findings">
${sorted
  .map(
    (
      finding,
    ) => `<li class="is-${finding.verdict}"><p><strong><span aria-hidden="true">${marks[finding.verdict]}</span> ${finding.verdict}</strong>
 ${text(finding.promise)}<br><span class="note">${text(finding.says)}</span></p>${renderEvidence(finding)}</li>`,
  )
  .join('\n')}
</ul>`
}

function renderEvidence({ evidence, evidenceCount }: ReportedFinding): string {
  if (evidence.length === 0) return ''
  const left = evidenceCount - evidence.length
  return `<details open><summary>Evidence</summary>
${evidence.map(({ says, operations }) => `<p>${text(says)}</p>${renderOperations(operations)}`).join('\n')}
${left > 0 ? `<p class="note">And ${left} more.</p>` : ''}</details>`
}

function renderOperations(operations: readonly Operation[]): string {
  if (operations.length === 0) return ''
  const rows = operations.map(({ id, process, kind, key, value, outcome, answer, why, startMs, endMs }) =>
    [
      id,
      process,
      `${kind} ${key} ${shorten(value)}`,
      outcome,
      why ?? shorten(answer),
      inSeconds(startMs),
      endMs === null ? 'never' : inSeconds(endMs),
    ]
      .map((cell) => `<td>${text(String(cell))}</td>`)
      .join(''),
  )
  return `<div class="wide"><table><thead><tr><th>#</th><th>Who</th><th>Asked</th><th>Outcome</th><th>Answer</th><th>From</th><th>To</th></tr></thead><tbody>
${rows.map((cells) => `<tr>${cells}</tr>`).join('\n')}
</tbody></table></div>`
}

/** Readings of everything are long. */
const longestChars = 120
function shorten(value: unknown): string {
  if (value === null) return ''
  const json = JSON.stringify(value)
  return json.length > longestChars ? `${json.slice(0, longestChars)} …` : json
}
