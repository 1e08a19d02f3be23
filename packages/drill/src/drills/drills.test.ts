import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Fault } from '../faults/fault.ts'
import { drills } from './index.ts'

/** What a cluster in use can bear: one thing at a time, in good order. */
const harmlessFaults: readonly Fault['do'][] = [
  'switchover',
  'restart-postgresql',
  'restart-service',
  'take-backup',
  'restore-backup',
]
/** What stays broken unless it is mended. */
const lasting = new Set<Fault['do']>([
  'hang',
  'power-off',
  'cut',
  'isolate',
  'block-ports',
  'stop-service',
  'fill-wal-disk',
  'shift-clock',
  'delete-data',
])

test('there are 20 drills at least, each with a name of its own', () => {
  expect(drills.length).toBeGreaterThanOrEqual(20)
  expect(new Set(drills.map(({ name }) => name)).size).toBe(drills.length)
})

describe.each(drills)('$name', (drill) => {
  test('is a file of its name', () => {
    expect(existsSync(join(import.meta.dirname, `${drill.name}.ts`))).toBe(true)
  })

  test('says what is expected', () => {
    expect(drill.expects.length).toBeGreaterThan(40)
  })

  test('leaves time before the first fault, so that its gap has a beginning', () => {
    expect(Math.min(...drill.steps.map(({ atS }) => atS))).toBeGreaterThanOrEqual(10)
  })

  test('mends whatever would stay broken', () => {
    for (const { fault, atS, healAtS } of drill.steps)
      if (lasting.has(fault.do)) expect(healAtS).toBeGreaterThan(atS)
      else expect(healAtS).toBeNull()
  })

  test('is harmless only when all that it does is', () => {
    if (drill.harmless) {
      expect(drill.before).toEqual([])
      for (const { fault } of drill.steps) {
        expect(harmlessFaults).toContain(fault.do)
        if (fault.do === 'switchover') expect(fault.times).toBe(1)
        if (fault.do === 'restart-postgresql') expect(fault.on).toBe('standby')
      }
    }
  })

  test('stands in docs/drills.md as it is', () => {
    const guide = readFileSync(join(import.meta.dirname, '../../../../docs/drills.md'), 'utf8')
    const row = guide.split('\n').find((line) => line.startsWith(`| \`${drill.name}\``))
    const cells = row?.split('|').map((cell) => cell.trim())
    const { writeGapMs, appGapMs } = drill.limits
    expect(cells).toEqual([
      '',
      `\`${drill.name}\`${drill.harmless ? ' *' : ''}`,
      drill.title,
      drill.expects,
      `${writeGapMs / 1_000} s`,
      `${appGapMs / 1_000} s`,
      '',
    ])
  })
})
