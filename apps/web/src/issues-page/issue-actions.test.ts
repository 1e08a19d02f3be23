import type { Issue } from '@fleet/domain'
import type { TFunction } from 'i18next'
import { expect, test } from 'vitest'
import { commentIssueAction } from './issue-actions.ts'

const t = ((key: string) => key) as unknown as TFunction
const comment = (text: string) => ({ atMs: 1, author: 'anna', text })
const issue = { id: 'i', kind: 'other', description: 'x', comments: [comment('Again')] } as unknown as Issue

test('a comment is shown once, whether or not the live channel was faster than the answer', () => {
  const [pending] = commentIssueAction(t, issue, comment('Again')).expected!
  const shown = (row: Issue) => (pending!.apply(row) as Issue).comments.map(({ text }) => text)
  expect(shown(issue)).toEqual(['Again', 'Again'])
  expect(shown({ ...issue, comments: [...issue.comments, comment('Again')] })).toEqual(['Again', 'Again'])
  expect(shown({ ...issue, comments: [...issue.comments, comment('Other')] })).toEqual([
    'Again',
    'Other',
    'Again',
  ])
})
