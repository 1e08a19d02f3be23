import {
  type Issue,
  type IssueEvent,
  type IssueId,
  type IssueStatus,
  issueTransitions,
  possibleEvents,
} from '@fleet/domain'
import type { TFunction } from 'i18next'
import type { Action } from '../actions/action.ts'
import { pendingChange } from '../live/pending-changes.ts'

export const possibleIssueSteps = (issue: Issue): readonly IssueEvent[] =>
  possibleEvents(issueTransitions, issue.status)

/** The step that leads from one status to another; null when there is none. */
export const issueStepBetween = (issue: Issue, status: IssueStatus): IssueEvent | null =>
  possibleIssueSteps(issue).find((event) => issueTransitions[issue.status][event] === status) ?? null

/** Issues have no code: people call them by what is wrong. */
export function issueName(t: TFunction, issue: Pick<Issue, 'kind' | 'description'>): string {
  const [line = ''] = issue.description.split('\n')
  const short = line.length > 48 ? `${line.slice(0, 47).trimEnd()}…` : line
  return short === '' ? t(`issueKind.${issue.kind}`) : `${t(`issueKind.${issue.kind}`)}: ${short}`
}

export function stepIssueAction(t: TFunction, issue: Issue, event: IssueEvent): Action<'stepIssue'> {
  const name = issueName(t, issue)
  return {
    route: 'stepIssue',
    input: { params: { id: issue.id }, ifMatch: issue.version, body: { event } },
    done: t(`issue.done.${event}`, { name }),
    subject: name,
    expected: [
      pendingChange('issue', issue.id, (row = issue) => ({
        ...row,
        status: issueTransitions[row.status][event] ?? row.status,
      })),
    ],
    answered: (row) => [['issue', row]],
  }
}

export type IssuePatch = Partial<Pick<Issue, 'kind' | 'description' | 'bikeId' | 'courierId' | 'deliveryId'>>

/** @param what changed, in words */
export function editIssueAction(
  t: TFunction,
  issue: Issue,
  patch: IssuePatch,
  what: string,
): Action<'updateIssue'> {
  const name = issueName(t, issue)
  return {
    route: 'updateIssue',
    input: { params: { id: issue.id }, ifMatch: issue.version, body: patch },
    done: t('issue.done.edit', { name, what }),
    subject: name,
    expected: [pendingChange('issue', issue.id, (row) => ({ ...(row ?? issue), ...patch }))],
    answered: (row) => [['issue', row]],
  }
}

/** @param author who writes, for the time until the server has answered */
export function commentIssueAction(
  t: TFunction,
  issue: Issue,
  comment: { readonly atMs: number; readonly author: string; readonly text: string },
): Action<'commentIssue'> {
  return {
    route: 'commentIssue',
    input: { params: { id: issue.id }, body: { text: comment.text } },
    done: t('issue.done.comment', { name: issueName(t, issue) }),
    expected: [
      pendingChange('issue', issue.id, (row = issue) => {
        // The live channel may bring it before the answer does.
        const isThere = row.comments
          .slice(issue.comments.length)
          .some(({ author, text }) => author === comment.author && text === comment.text)
        return isThere ? row : { ...row, comments: [...row.comments, comment] }
      }),
    ],
    answered: (row) => [['issue', row]],
  }
}

export type IssueDraft = Pick<
  Issue,
  'kind' | 'reporter' | 'description' | 'bikeId' | 'courierId' | 'deliveryId'
>

export function createIssueAction(t: TFunction, id: IssueId, draft: IssueDraft): Action<'createIssue'> {
  return {
    route: 'createIssue',
    input: { body: { id, ...draft } },
    done: t('issue.done.create', { name: issueName(t, draft) }),
    answered: (row) => [['issue', row]],
  }
}
