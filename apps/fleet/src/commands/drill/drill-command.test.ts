import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drills } from '@fleet/drill'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createTestingWorld } from '../../../testing/testing-world.ts'
import { runCli } from '../../cli.ts'
import { commands } from '../index.ts'
import { trendOf } from './history.ts'

let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'fleet-drills-'))
})
afterEach(() => rmSync(home, { recursive: true }))

async function fleetDrill(...words: string[]) {
  const { world, out, err } = createTestingWorld({ env: { FLEET_DRILLS: home } })
  const code = await runCli(commands, ['drill', ...words], world)
  return { code, stdout: out(), stderr: err() }
}

describe('list', () => {
  test('names every drill', async () => {
    const { code, stdout } = await fleetDrill('list')
    expect(code).toBe(0)
    for (const { name } of drills) expect(stdout).toContain(name)
  })

  test('tells of one what happens and what must hold', async () => {
    const { stdout } = await fleetDrill('list', 'primary-power-off')
    expect(stdout).toContain('After 10 s: primary loses its power silently; mended after 55 s.')
    expect(stdout).toContain('what was acknowledged is there')
    expect(stdout).toContain('It is for a lab.')
  })

  test('is JSON for programs', async () => {
    const { stdout } = await fleetDrill('list', '--json')
    expect((JSON.parse(stdout) as { drills: unknown[] }).drills).toHaveLength(drills.length)
  })
})

describe('run refuses, with exit code 2,', () => {
  test('a drill that is not there, and names the one that is meant', async () => {
    const { code, stderr } = await fleetDrill('run', 'primary-powr-off')
    expect(code).toBe(2)
    expect(stderr).toContain('Did you mean primary-power-off?')
  })

  test.each([[[]], [['switchover', '--all']]])('neither one drill nor all of them: %s', async (words) => {
    const { code, stderr } = await fleetDrill('run', ...words)
    expect(code).toBe(2)
    expect(stderr).toContain('Name one drill, or give --all.')
  })

  test('to harm a cluster in use', async () => {
    const { code, stderr } = await fleetDrill('run', 'primary-power-off', '--file', 'cluster.yml')
    expect(code).toBe(2)
    expect(stderr).toContain('primary-power-off is not harmless, and cluster.yml is a cluster in use.')
  })
})

/**
 * Clients that inserted from 0 to 4 s, one fault from 1 s to 2 s; `lost` was acknowledged and is not there, and nothing was
 * answered for `pauseMs` of the fault.
 */
function writeRun(name: string, startedAt: string, lost: readonly number[] = [], pauseMs = 0): string {
  const folder = join(home, `${startedAt}-${name}`)
  mkdirSync(folder)
  const drill = { ...drills.find((each) => each.name === name)!, workloads: ['inserts'] }
  const setup = {
    version: 1,
    drill,
    cluster: 'the lab "lab"',
    topology: 'small',
    startedAtMs: Date.parse('2026-01-01T00:00:00Z'),
    nodes: ['one'],
    cast: {},
    deliveryTransitions: {},
    deliveryBegins: 'unassigned',
  }
  writeFileSync(join(folder, 'drill.json'), JSON.stringify(setup))
  const lines = (file: string, values: readonly object[]) =>
    writeFileSync(join(folder, file), values.map((value) => `${JSON.stringify(value)}\n`).join(''))
  const ids = Array.from({ length: 200 }, (_, index) => index + 1).filter(
    (id) => id * 20 <= 1_100 || id * 20 > 1_100 + pauseMs,
  )
  const operation = (id: number, kind: string, key: string, atMs: number, answer: unknown) => [
    { type: 'begin', id, atMs, wallMs: atMs, workload: 'inserts', process: 'writer', kind, key, value: null },
    { type: 'end', id, atMs: atMs + 5, wallMs: atMs + 5, outcome: 'ok', answer, why: null },
  ]
  const there = ids.filter((id) => !lost.includes(id)).map(String)
  lines('history.jsonl', [
    { type: 'history', version: 1, startedAtMs: 0 },
    ...ids.flatMap((id) => operation(id, 'insert', String(id), id * 20, null)),
    ...operation(201, 'read-all', 'table', 4_100, there),
    { type: 'closed', operations: ids.length + 1 },
  ])
  const node = { type: 'node', node: 'one', primary: true, writable: true }
  lines(
    'samples.jsonl',
    ids.map((id) => ({ ...node, askedMs: id * 20, answeredMs: id * 20 + 1 })),
  )
  const event = (kind: string, atMs: number) => ({ atMs, wallMs: atMs, kind, text: kind })
  lines('events.jsonl', [
    event('injecting', 1_000),
    event('injected', 1_001),
    event('settled', 2_000),
    event('healthy', 2_500),
    event('stopped', 4_000),
  ])
  return folder
}

describe('report', () => {
  test('judges what was recorded, writes the page, and ends with 0', async () => {
    const folder = writeRun('switchover', '2026-01-01T000000')
    const { code, stdout } = await fleetDrill('report')
    expect(stdout).toContain('switchover on the lab "lab": ok')
    expect(code).toBe(0)
    expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain('Every promise held')
  })

  test('names what is lost, and ends with 1', async () => {
    writeRun('switchover', '2026-01-01T000000', [17])
    const { code, stdout } = await fleetDrill('report', 'switchover')
    expect(stdout).toContain('17 was acknowledged and is not there.')
    expect(code).toBe(1)
  })

  test('does not know what became of a drill that was killed, and ends with 3', async () => {
    const folder = writeRun('switchover', '2026-01-01T000000')
    appendFileSync(join(folder, 'history.jsonl'), '{"type":"begin","id":2')
    const { code, stdout } = await fleetDrill('report', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ drill: 'switchover', verdict: 'unknown' })
    expect(code).toBe(3)
  })

  test('finds the verdict anew only when asked to', async () => {
    const folder = writeRun('switchover', '2026-01-01T000000')
    await fleetDrill('report')
    const history = join(folder, 'history.jsonl')
    const kept = readFileSync(history, 'utf8').split('\n')
    writeFileSync(history, kept.filter((line) => !line.includes('"type":"closed"')).join('\n'))
    expect((await fleetDrill('report')).code).toBe(0)
    expect((await fleetDrill('report', '--again')).code).toBe(3)
  })

  test('says that there is no run', async () => {
    const { code, stderr } = await fleetDrill('report')
    expect(stderr).toContain('No drill was run yet')
    expect(code).toBe(1)
  })
})

describe('history', () => {
  test('keeps every run of every drill', async () => {
    writeRun('switchover', '2026-01-01T000000')
    writeRun('switchover', '2026-01-02T000000')
    writeRun('postgresql-killed', '2026-01-03T000000', [3])
    for (const run of ['2026-01-01T000000-switchover', 'switchover', 'postgresql-killed'])
      await fleetDrill('report', run)
    const { stdout } = await fleetDrill('history')
    expect(stdout).toMatch(/^switchover +2 +2 +ok/m)
    expect(stdout).toMatch(/^postgresql-killed +1 +0 +violated/m)
    expect((await fleetDrill('history', 'switchover')).stdout.trim().split('\n')).toHaveLength(3)
  })

  test('has the shortest, the middle and the longest gap of each drill for programs', async () => {
    for (const [day, pauseMs] of [700, 100, 400].entries()) {
      writeRun('switchover', `2026-01-0${day + 1}T000000`, [], pauseMs)
      await fleetDrill('report')
    }
    const { drills: figures } = JSON.parse((await fleetDrill('history', '--json')).stdout) as {
      drills: readonly object[]
    }
    expect(figures).toEqual([
      {
        drill: 'switchover',
        count: 3,
        verdicts: { ok: 3, violated: 0, unknown: 0 },
        last: 'ok',
        writeGapMs: { min: 120, median: 420, max: 720 },
        appGapMs: null,
        trend: 'as before',
      },
    ])
  })

  test('the trend is the last gap beside those before', () => {
    expect([[], [5], [5, 5], [4, 4, 8], [8, 8, 4], [10, 11]].map(trendOf)).toEqual([
      '',
      '',
      'as before',
      'longer',
      'shorter',
      'as before',
    ])
  })
})
