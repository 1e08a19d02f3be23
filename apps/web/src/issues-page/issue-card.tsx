import type { Issue } from '@fleet/domain'
import { ActionIcon, Menu } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '../actions/use-actions.ts'
import { useMay } from '../app/session.ts'
import { useFormat } from '../i18n/format.ts'
import { useChangedMark } from '../table/data-row.tsx'
import { issueName, possibleIssueSteps, stepIssueAction } from './issue-actions.ts'
import { issueDragType } from './issue-drag.ts'
import { type SubjectRows, subjectsOf } from './issue-subjects.ts'
import board from '../board/board.module.css'
import styles from './issue-board.module.css'

interface IssueCardProps {
  readonly issue: Issue
  readonly subjects: SubjectRows
  readonly nowMs: number
  readonly open: boolean
  readonly onOpen: (issue: Issue, byKeyboard: boolean) => void
}

/** One issue on the board: opened by its kind, stepped by dragging it or by its menu. */
export const IssueCard = memo(function IssueCard({ issue, subjects, nowMs, open, onOpen }: IssueCardProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const run = useAction()
  const mayStep = useMay('stepIssue')
  const changed = useChangedMark(issue)
  const { bike, courier, delivery } = subjectsOf(issue, subjects)
  const name = issueName(t, issue)
  return (
    <article
      className={`${board.card} ${styles.card}`}
      aria-label={name}
      data-open={open}
      data-changed={changed}
      draggable={mayStep}
      onDragStart={(event) => {
        event.dataTransfer.setData(issueDragType, issue.id)
        event.dataTransfer.effectAllowed = 'move'
      }}
    >
      <div className={board.head}>
        <button type="button" className={board.title} onClick={(event) => onOpen(issue, event.detail === 0)}>
          {t(`issueKind.${issue.kind}`)}
        </button>
        {mayStep && (
          <Menu position="bottom-end" shadow="md" withinPortal>
            <Menu.Target>
              <ActionIcon
                variant="subtle"
                color="gray"
                size={24}
                className={board.menu}
                aria-label={t('issue.stepsOf', { name })}
              >
                <IconDots size={16} aria-hidden />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              {possibleIssueSteps(issue).map((event) => (
                <Menu.Item key={event} onClick={() => void run(stepIssueAction(t, issue, event))}>
                  {t(`issue.step.${event}`)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
      {issue.description !== '' && <p className={styles.description}>{issue.description}</p>}
      <p className={`${board.line} ${styles.line}`}>
        <span>{t('age.ago', { age: format.duration(nowMs - issue.createdAtMs) })}</span>
        {bike !== undefined && <span>{bike.code}</span>}
        {courier !== undefined && <span>{courier.name}</span>}
        {delivery !== undefined && <span>{delivery.code}</span>}
        {issue.comments.length > 0 && (
          <span>{t('issue.commentCount', { count: issue.comments.length })}</span>
        )}
      </p>
    </article>
  )
})
