import { describe, expect, test } from 'vitest'
import { happened, says, written } from '../../testing/histories.ts'
import { recorded } from '../../testing/record.ts'
import { nodeBeliefs } from './beliefs.ts'
import { createReport } from './create-report.ts'
import { renderReportHtml } from './render-html.ts'

const inserts = (fromMs: number, toMs: number) =>
  Array.from({ length: (toMs - fromMs) / 20 }, (_, index) => ({
    kind: 'insert',
    workload: 'inserts',
    key: String(fromMs + index * 20),
    startMs: fromMs + index * 20,
  }))
const before = inserts(0, 1_000)
const after = inserts(1_800, 4_000)
const readAll = (keys: readonly { key: string }[]) => ({
  kind: 'read-all',
  workload: 'inserts',
  startMs: 4_100,
  answer: keys.map(({ key }) => key),
})
const good = recorded(written(...before, ...after, readAll([...before, ...after])))
const hostile = '<script>alert(1)</script>'
const bad = recorded(
  written(
    ...before,
    { ...inserts(1_000, 1_020)[0]!, key: hostile },
    ...after,
    readAll([...before, ...after]),
  ),
)

test('a run in which all held says so, with its figures', () => {
  const report = createReport(good, '/drills/one', null)
  expect(report.findings.filter(({ verdict }) => verdict !== 'ok')).toEqual([])
  expect(report).toMatchObject({ verdict: 'ok', healthyAgainMs: 500, startedAt: '2023-11-14T22:13:20.000Z' })
  const [writes] = report.streams
  expect(writes).toMatchObject({ name: 'writes', ok: 160, fail: 0, unknown: 0 })
  expect(writes?.longestGap).toEqual({ startMs: 990, gapMs: 820 })
  expect(writes?.perSecond.map(({ ok }) => ok)).toEqual([50, 10, 50, 50])
})

test('evidence of a violation is in the report', () => {
  const report = createReport(bad, '/drills/one', null)
  expect(report.verdict).toBe('violated')
  const lost = report.findings.find(({ rule }) => rule === 'inserts-kept')
  expect(lost).toMatchObject({ verdict: 'violated', evidenceCount: 1 })
  expect(lost?.evidence[0]?.operations[0]?.key).toBe(hostile)
})

test('a run that did not get to its end is not ok, and what it broke stays broken', () => {
  const failure = 'The app ended before it was ready.'
  expect(createReport(good, '/drills/one', failure)).toMatchObject({ verdict: 'unknown', failure })
  expect(createReport(bad, '/drills/one', failure)).toMatchObject({ verdict: 'violated', failure })
})

test('a run of 200,000 operations has a report too', () => {
  const [row, reading] = written(inserts(0, 20)[0]!, { ...readAll([]), startMs: 4_100 })
  const many = Array.from({ length: 200_000 }, (_, id) => ({
    ...row!,
    id,
    key: String(id),
    startMs: id / 50,
    endMs: id / 50,
  }))
  const operations = [...many, { ...reading!, answer: many.map(({ key }) => key) }]
  const { verdict, streams } = createReport(recorded(operations), '/drills/one', null)
  expect(verdict).toBe('ok')
  expect(streams[0]?.ok).toBe(200_000)
})

test('a drill that was stopped midway is not known', () => {
  const stopped = recorded(written(...before), { incomplete: 'The recorder ended before the drill did.' })
  expect(createReport(stopped, '/drills/one', 'Stopped.').verdict).toBe('unknown')
})

describe('the page', () => {
  const page = renderReportHtml(createReport(bad, '/drills/one', 'It was too late.'))

  test('loads nothing from elsewhere and runs nothing', () => {
    expect(page).not.toMatch(/(src|href)=|url\(|@import|<script|<link|<iframe/i)
  })

  test('shows what was recorded as text, whatever it is', () => {
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  })

  test('says verdict, expectation, failure and evidence', () => {
    expect(page).toContain('A promise was broken')
    expect(page).toContain(good.setup.drill.expects.slice(0, 30))
    expect(page).toContain('It was too late.')
    expect(page).toContain('was acknowledged and is not there.')
  })

  test('is for both themes', () => {
    expect(page).toContain('prefers-color-scheme: dark')
  })
})

test('what a node said becomes stretches, and silence is one of them', () => {
  const samples = [
    says('a', 0, false),
    says('a', 200, false),
    says('a', 400, true),
    says('a', 600, true),
    { ...says('a', 5_000, false), primary: true },
  ]
  expect(nodeBeliefs(samples, ['a', 'b'], 6_000)).toEqual([
    {
      node: 'a',
      said: [
        { fromMs: 0, toMs: 400, said: 'standby' },
        { fromMs: 400, toMs: 601, said: 'primary' },
        { fromMs: 601, toMs: 5_000, said: 'silent' },
        { fromMs: 5_000, toMs: 6_000, said: 'lonely primary' },
      ],
    },
    { node: 'b', said: [{ fromMs: 0, toMs: 6_000, said: 'silent' }] },
  ])
})

test('a fault is marked from its beginning to its healing', () => {
  const events = happened(['steady', 500], ['injecting', 1_000], ['settled', 2_000], ['stopped', 4_000])
  const named = events.map((event) =>
    event.kind === 'injecting' ? { ...event, text: 'one loses its power' } : event,
  )
  const report = createReport(recorded(written(...before), { events: named }), '/x', null)
  expect(renderReportHtml(report)).toContain('class="fault"><title>one loses its power</title>')
})
