import { inSeconds } from '../seconds.ts'
import { escapeHtml } from './escape-html.ts'
import type { DrillReport, StreamFigures, Stretch } from './report.ts'

const width = 1_000
const left = 175
const plotWidth = width - left - 10
const rowHeight = 64
const bandHeight = 22
const axisHeight = 24

/** A clock face of the drill: where a moment is on the chart, in pixels. */
type Scale = (ms: number) => number

/**
 * One drawing with everything over the same time: answers per second and the slowest of them for each group of clients,
 * what each node took itself for, and what status said; faults are bands from top to bottom.
 */
export function renderChart(report: DrillReport): string {
  const endMs = Math.max(1_000, report.durationMs)
  const x: Scale = (ms) => left + (Math.min(endMs, Math.max(0, ms)) / endMs) * plotWidth
  const rows: string[] = []
  let y = axisHeight
  for (const stream of report.streams) {
    rows.push(renderStream(stream, y, x))
    y += rowHeight
  }
  for (const { node, said } of report.nodes) {
    rows.push(renderBand(node, said, y, x))
    y += bandHeight
  }
  rows.push(renderBand('status', report.status, y, x))
  y += bandHeight
  const label = `Answers per second, latency and what each node said over ${inSeconds(endMs)}; faults are marked.`
  return `<svg viewBox="0 0 ${width} ${y + 6}" role="img" aria-label="${escapeHtml(label)}" class="chart">
${renderFaults(report, y, x)}
${renderAxis(endMs, y, x)}
${rows.join('\n')}
</svg>`
}

function renderStream({ title, perSecond, longestGap }: StreamFigures, y: number, x: Scale): string {
  const most = Math.max(1, ...perSecond.map(({ ok }) => ok))
  const slowest = Math.max(1, ...perSecond.map(({ p99Ms }) => p99Ms ?? 0))
  const inner = rowHeight - 14
  const bottom = y + rowHeight - 4
  const bars = perSecond
    .map(({ ok }, second) => {
      const height = (ok / most) * inner
      const from = x(second * 1_000)
      const barWidth = Math.max(0.5, x((second + 1) * 1_000) - from - 0.3)
      return ok === 0
        ? ''
        : `<rect x="${from.toFixed(1)}" y="${(bottom - height).toFixed(1)}" width="${barWidth.toFixed(1)}" height="${height.toFixed(1)}" class="bar"/>`
    })
    .join('')
  // Logarithmic: 5 ms and 30 s have to be told apart in the same row.
  const level = (ms: number) => bottom - (Math.log10(1 + ms) / Math.log10(1 + slowest)) * inner
  const points = perSecond.flatMap(({ p99Ms }, second) =>
    p99Ms === null ? [] : [`${x(second * 1_000 + 500).toFixed(1)},${level(p99Ms).toFixed(1)}`],
  )
  const gap =
    longestGap && longestGap.gapMs >= 500
      ? `<line x1="${x(longestGap.startMs).toFixed(1)}" x2="${x(longestGap.startMs + longestGap.gapMs).toFixed(1)}" y1="${y + 8}" y2="${y + 8}" class="gap"/>
<text x="${x(longestGap.startMs + longestGap.gapMs / 2).toFixed(1)}" y="${y + 5}" class="note" text-anchor="middle">${inSeconds(longestGap.gapMs)}</text>`
      : ''
  return `<text x="${left - 8}" y="${y + rowHeight / 2}" text-anchor="end">${escapeHtml(title)}</text>
<text x="${left - 8}" y="${y + rowHeight / 2 + 14}" text-anchor="end" class="note">max ${most}/s, p99 ${Math.round(slowest)} ms</text>
${bars}<polyline points="${points.join(' ')}" class="latency"/>${gap}
<line x1="${left}" x2="${width - 10}" y1="${bottom}" y2="${bottom}" class="grid"/>`
}

function renderBand(title: string, said: readonly Stretch<string>[], y: number, x: Scale): string {
  const stretches = said
    .map(({ fromMs, toMs, said }) => {
      const from = x(fromMs)
      const bandWidth = Math.max(0, x(toMs) - from)
      const words =
        bandWidth > said.length * 6.5
          ? `<text x="${(from + 4).toFixed(1)}" y="${y + 14}" class="said">${escapeHtml(said)}</text>`
          : ''
      return `<rect x="${from.toFixed(1)}" y="${y + 2}" width="${bandWidth.toFixed(1)}" height="${bandHeight - 4}" class="is-${said.replaceAll(' ', '-')}"><title>${escapeHtml(said)} from ${inSeconds(fromMs)} to ${inSeconds(toMs)}</title></rect>${words}`
    })
    .join('')
  return `<text x="${left - 8}" y="${y + 15}" text-anchor="end">${escapeHtml(title)}</text>${stretches}`
}

/** Each fault from its beginning to its healing; one that heals itself is a line. */
function renderFaults({ events }: DrillReport, height: number, x: Scale): string {
  return events
    .filter(({ kind }) => kind === 'injecting')
    .map(({ atMs, text }) => {
      const healedMs = events.find((event) => event.kind === 'healed' && event.text === text)?.atMs
      const doneMs = events.find((event) => event.kind === 'injected' && event.text === text)?.atMs
      const from = x(atMs)
      const bandWidth = Math.max(1.5, x(healedMs ?? doneMs ?? atMs) - from)
      return `<rect x="${from.toFixed(1)}" y="${axisHeight - 6}" width="${bandWidth.toFixed(1)}" height="${height - axisHeight + 6}" class="fault"><title>${escapeHtml(text)}</title></rect>`
    })
    .join('')
}

function renderAxis(endMs: number, height: number, x: Scale): string {
  const everyS = [1, 5, 10, 30, 60, 300].find((seconds) => endMs / 1_000 / seconds <= 15) ?? 600
  return Array.from({ length: Math.floor(endMs / 1_000 / everyS) + 1 }, (_, index) => index * everyS)
    .map(
      (second) =>
        `<line x1="${x(second * 1_000).toFixed(1)}" x2="${x(second * 1_000).toFixed(1)}" y1="${axisHeight - 6}" y2="${height}" class="grid"/><text x="${x(second * 1_000).toFixed(1)}" y="12" class="note" text-anchor="middle">${second} s</text>`,
    )
    .join('')
}
