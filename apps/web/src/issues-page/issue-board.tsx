import { type Issue, type IssueStatus, issueStatuses } from '@fleet/domain'
import { type DragEvent, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '../actions/use-actions.ts'
import { useServices } from '../app/services.ts'
import { BoardColumn } from '../board/board-column.tsx'
import { useServerNow } from '../live/live-hooks.ts'
import { issueStepBetween, stepIssueAction } from './issue-actions.ts'
import { IssueCard } from './issue-card.tsx'
import { issueDragType } from './issue-drag.ts'
import { IssueStatusMark } from './issue-status-mark.tsx'
import type { SubjectRows } from './issue-subjects.ts'
import board from '../board/board.module.css'
import styles from './issue-board.module.css'

interface IssueBoardProps {
  readonly columns: Readonly<Record<IssueStatus, readonly Issue[]>>
  readonly subjects: SubjectRows
  readonly openId: string | null
  readonly onOpen: (issue: Issue, byKeyboard: boolean) => void
}

/** A column a status; a card that is dropped in another column takes the step that leads there. */
export function IssueBoard(props: IssueBoardProps) {
  const byId = useMemo(
    () =>
      new Map(
        issueStatuses.flatMap((status) => props.columns[status].map((issue) => [issue.id as string, issue])),
      ),
    [props.columns],
  )
  return (
    <div className={`${board.board} ${styles.board}`}>
      {issueStatuses.map((status) => (
        <StatusColumn key={status} status={status} byId={byId} {...props} />
      ))}
    </div>
  )
}

interface StatusColumnProps extends IssueBoardProps {
  readonly status: IssueStatus
  readonly byId: ReadonlyMap<string, Issue>
}

function StatusColumn({ status, byId, columns, subjects, openId, onOpen }: StatusColumnProps) {
  const { t } = useTranslation()
  const { toasts } = useServices()
  const run = useAction()
  const nowMs = useServerNow(30_000)
  const issues = columns[status]
  const onDrop = (event: DragEvent) => {
    const issue = byId.get(event.dataTransfer.getData(issueDragType))
    if (issue === undefined || issue.status === status) return
    const step = issueStepBetween(issue, status)
    if (step === null)
      toasts.show({
        tone: 'failed',
        text: t('issue.noStep', { from: t(`issueStatus.${issue.status}`), to: t(`issueStatus.${status}`) }),
      })
    else void run(stepIssueAction(t, issue, step))
  }
  return (
    <BoardColumn
      label={t(`issueStatus.${status}`)}
      mark={<IssueStatusMark status={status} />}
      count={issues.length}
      accepts={(event) => event.dataTransfer.types.includes(issueDragType)}
      onDrop={onDrop}
    >
      <ul
        className={`${board.cards} ${styles.cards}`}
        tabIndex={issues.length === 0 ? undefined : 0}
        aria-label={t(`issueStatus.${status}`)}
      >
        {issues.map((issue) => (
          <li key={issue.id}>
            <IssueCard
              issue={issue}
              subjects={subjects}
              nowMs={nowMs}
              open={issue.id === openId}
              onOpen={onOpen}
            />
          </li>
        ))}
      </ul>
    </BoardColumn>
  )
}
