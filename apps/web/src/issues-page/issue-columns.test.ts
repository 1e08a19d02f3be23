import {
  type Bike,
  type BikeId,
  type CourierId,
  type Issue,
  type IssueId,
  issueStatuses,
} from '@fleet/domain'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { emptyRegistry } from '../live/registry.ts'
import { issueStepBetween, possibleIssueSteps } from './issue-actions.ts'
import { createIssueColumns, type IssueQuery } from './issue-columns.ts'

const issue = (id: string, more: Partial<Issue> = {}): Issue => ({
  id: id as IssueId,
  kind: 'bike_problem',
  reporter: 'courier',
  status: 'open',
  description: 'Chain is off',
  bikeId: null,
  courierId: null,
  deliveryId: null,
  photoId: null,
  comments: [],
  version: 1,
  createdAtMs: 0,
  updatedAtMs: 0,
  demo: false,
  ...more,
})
const all: IssueQuery = { search: '', kinds: [], reported: null, courierId: null }

test('what waits longest is first; of what is resolved, the newest', () => {
  const columns = createIssueColumns(
    [
      issue('b', { createdAtMs: 2 }),
      issue('a', { createdAtMs: 1 }),
      issue('c', { status: 'resolved', updatedAtMs: 5 }),
      issue('d', { status: 'resolved', updatedAtMs: 9 }),
    ],
    emptyRegistry,
    all,
  )
  expect(columns.open.map(({ id }) => id)).toEqual(['a', 'b'])
  expect(columns.resolved.map(({ id }) => id)).toEqual(['d', 'c'])
})

test('the newer version of a row counts, wherever it came from, and it is listed once', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([1, 2, 3, 4], { minLength: 1 }), (versions) => {
      const rows = versions.map((version) =>
        issue('a', { version, status: issueStatuses[version % issueStatuses.length]! }),
      )
      const columns = createIssueColumns(rows, emptyRegistry, all)
      const listed = Object.values(columns).flat()
      expect(listed.map(({ version }) => version)).toEqual([Math.max(...versions)])
    }),
  )
})

test('an issue is found by its bike and its comments', () => {
  const bike = { id: 'bike' as BikeId, code: 'AMS-0042' } as Bike
  const rows = { ...emptyRegistry, bikes: new Map([[bike.id, bike]]) }
  const found = (search: string) =>
    createIssueColumns(
      [
        issue('a', { bikeId: bike.id }),
        issue('b', { comments: [{ atMs: 0, author: 'x', text: 'Nieuwe ketting' }] }),
      ],
      rows,
      { ...all, search },
    ).open.map(({ id }) => id)
  expect(found('0042')).toEqual(['a'])
  expect(found('ketting')).toEqual(['b'])
  expect(found('chain 0042')).toEqual(['a'])
})

test('an issue is found by when it was reported and whom it is about', () => {
  const found = (query: Partial<IssueQuery>) =>
    createIssueColumns(
      [issue('a', { createdAtMs: 5 }), issue('b', { createdAtMs: 10, courierId: 'c' as CourierId })],
      emptyRegistry,
      { ...all, ...query },
    ).open.map(({ id }) => id)
  expect(found({ reported: { fromMs: 5, toMs: 10 } })).toEqual(['a'])
  expect(found({ reported: { fromMs: 6, toMs: 11 } })).toEqual(['b'])
  expect(found({ courierId: 'c' })).toEqual(['b'])
})

test('a card goes to another column only where a step leads there', () => {
  for (const status of issueStatuses)
    for (const to of issueStatuses) {
      const step = issueStepBetween(issue('a', { status }), to)
      if (status === to) expect(step).toBeNull()
      else if (step !== null) expect(possibleIssueSteps(issue('a', { status }))).toContain(step)
    }
  expect(issueStepBetween(issue('a', { status: 'resolved' }), 'in_progress')).toBeNull()
  expect(issueStepBetween(issue('a'), 'resolved')).toBe('resolve')
})
