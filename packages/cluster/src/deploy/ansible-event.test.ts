import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AnsibleEvent, createLineReader, parseAnsibleEvent } from './ansible-event.ts'
import type { DeployEvent } from './deploy-event.ts'
import { createStepTracker } from './step-tracker.ts'

const result = (
  host: string,
  outcome: (AnsibleEvent & { event: 'result' })['outcome'],
  more: Partial<AnsibleEvent & { event: 'result' }> = {},
): AnsibleEvent => ({ event: 'result', task: 't', host, outcome, durationMs: 5, report: {}, ...more })

function track(events: readonly AnsibleEvent[]) {
  let nowMs = 0
  const told: DeployEvent[] = []
  const tracker = createStepTracker(
    (event) => told.push(event),
    () => (nowMs += 10),
  )
  for (const event of events) tracker.take(event)
  tracker.end()
  return { tracker, told, done: told.filter((event) => event.type === 'step-done') }
}

test('lines are found wherever the stream is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ minLength: 1 }).map((text) => text.replaceAll('\n', ' '))),
      fc.array(fc.nat({ max: 30 })),
      (lines, cuts) => {
        const seen: string[] = []
        const read = createLineReader((line) => seen.push(line))
        let rest = lines.map((line) => `${line}\n`).join('')
        for (const cut of cuts) {
          read(rest.slice(0, cut))
          rest = rest.slice(cut)
        }
        read(rest)
        expect(seen).toEqual(lines)
      },
    ),
  )
})

test('a line that the plugin does not write is refused', () => {
  expect(() => parseAnsibleEvent('{"event":"result","host":"a"}')).toThrow('invalid_type')
  expect(() => parseAnsibleEvent('no json')).toThrow('not valid JSON')
  expect(parseAnsibleEvent('{"event":"end","failedHosts":["pg-node-1"]}')).toEqual({
    event: 'end',
    failedHosts: ['pg-node-1'],
  })
})

test('a task becomes a step that says which hosts it changed', () => {
  const { done, tracker } = track([
    { event: 'task', task: 't', name: 'Place files' },
    result('a', 'changed', {
      report: { changes: [{ path: '/etc/x', state: 'created', secret: false }] },
    }),
    result('b', 'ok'),
    result('c', 'skipped'),
    { event: 'task', task: 'u', name: 'Start etcd' },
    result('a', 'skipped'),
    { event: 'end', failedHosts: [] },
  ])
  expect(done).toMatchObject([
    { name: 'Place files', outcome: 'changed', hosts: ['a', 'b'], changedHosts: ['a'] },
    { name: 'Start etcd', outcome: 'skipped', hosts: [], changedHosts: [] },
  ])
  expect(tracker.changedCount).toBe(1)
  expect(tracker.reports.get('Place files')?.get('a')?.changes?.[0]?.path).toBe('/etc/x')
})

test('the same task on one host after the other is a step each time', () => {
  const { done } = track([
    { event: 'play', name: 'etcd' },
    { event: 'task', task: 't', name: 'Restart etcd' },
    result('a', 'changed'),
    { event: 'play', name: 'etcd' },
    { event: 'task', task: 't', name: 'Restart etcd' },
    result('b', 'changed'),
  ])
  expect(done.map(({ hosts }) => hosts)).toEqual([['a'], ['b']])
  expect(new Set(done.map(({ step }) => step)).size).toBe(2)
})

test('a failure keeps its words, and a host that is away is told apart', () => {
  const { tracker, done } = track([
    { event: 'task', task: 't', name: 'Start etcd' },
    result('a', 'failed', { message: 'etcd.service did not start' }),
    result('b', 'unreachable', { message: 'no route' }),
    result('c', 'ignored', { message: 'never mind' }),
  ])
  expect(tracker.failures).toEqual([
    { host: 'a', step: 'Start etcd', message: 'etcd.service did not start', unreachable: false },
    { host: 'b', step: 'Start etcd', message: 'no route', unreachable: true },
  ])
  expect(done[0]?.outcome).toBe('failed')
})

test('a playbook that dies midway still closes its step', () => {
  const { done } = track([{ event: 'task', task: 't', name: 'Start etcd' }])
  expect(done).toHaveLength(1)
})

test('who is at it is told while it lasts', () => {
  const start = (host: string): AnsibleEvent => ({ event: 'start', task: 't', host })
  const { told } = track([
    { event: 'task', task: 't', name: 'Place files' },
    start('a'),
    start('b'),
    result('a', 'ok'),
    result('b', 'ok'),
  ])
  const notes = told.filter((event) => event.type === 'step-note').map(({ text }) => text)
  expect(notes).toEqual(['a', 'a, b', 'b', ''])
})
